"""The limit by value holds for every system whose rows carry money, or name a price that does."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from landing_extracts import write_extracts

from arr_ledger.landing import LandingRefusedError, Limits, land

CUSTOMERS = "id,name\nC,Acme\n"
SUBSCRIPTIONS = "id,customer_id,status,created\nS,C,active,2024-01-01 00:00:00\n"
PRICES = (
    "id,currency,type,unit_amount,recurring_interval,recurring_interval_count\n"
    "cheap,usd,recurring,1000,month,1\n"
    "dear,usd,recurring,6000000,year,1\n"
    "yen,jpy,recurring,1000,month,1\n"
)
ITEMS = "id,subscription_id,price_id,quantity,created\n"
GOOD_ITEMS = ITEMS + "".join(f"I{n},S,cheap,1,2024-01-01 00:00:00\n" for n in range(200))
INVOICE_LINES = "id,invoice_id,subscription_id,amount,currency,period_start\n"
GOOD_LINES = INVOICE_LINES + "".join(f"L{n},N,S,1000,usd,2024-01-01 00:00:00\n" for n in range(200))
ACCOUNTS = "id,name\n001000000000001,Acme\n"
OPPORTUNITIES = "id,account_id,stage_name,amount,close_date,is_won,is_closed,created_date\n"
GOOD_OPPORTUNITIES = OPPORTUNITIES + "".join(
    f"006{n:012},001000000000001,Won,100,2024-01-01,true,true,2024-01-01 00:00:00\n"
    for n in range(200)
)
NO_ROWS_LIMIT = Decimal(1)
DAY = date(2024, 12, 31)
HEADER = "line_id,customer_id,product_id,start_date,end_date,term_amount,term_months,currency\n"


def land_stripe(folder: Path, **tables: str) -> str:
    """What refused the landing; empty if it landed."""
    whole = {"customer": CUSTOMERS, "subscription": SUBSCRIPTIONS, "price": PRICES}
    extracts = write_extracts(
        folder, "stripe", **(whole | {"subscription_item": GOOD_ITEMS} | tables)
    )
    rates = "currency,month_end,rate\nJPY,,0.005\n"
    write_extracts(folder, fx_rates=rates)
    return landed(extracts, folder)


def landed(extracts: Path, folder: Path) -> str:
    try:
        land(extracts, folder / "x.duckdb", DAY, Limits(NO_ROWS_LIMIT, Decimal("0.005")))
    except LandingRefusedError as refusal:
        return str(refusal).splitlines()[1]
    return ""


@pytest.mark.parametrize(
    ("row", "share"),
    [
        # 60,000 of 24,000 + 60,000 a year
        ("X,S,dear,1,yesterday\n", "71.43%"),
        # 120 of 24,120
        ("X,S,cheap,1,yesterday\n", ""),
        # two seats: 240 of 24,240
        ("X,S,cheap,2,yesterday\n", "0.99%"),
        # 12,000 yen a year, at 0.005: 60 of 24,060
        ("X,S,yen,1,yesterday\n", ""),
        # its price is not known, so it is worth the average
        ("X,S,gone,1,yesterday\n", ""),
    ],
)
def test_a_faulty_item_of_stripe_is_worth_what_its_price_says(
    row: str, share: str, tmp_path: Path
) -> None:
    said = land_stripe(tmp_path, subscription_item=GOOD_ITEMS + row)
    assert share in said
    assert bool(share) == ("stripe/subscription_item that are at fault are worth" in said)


@pytest.mark.parametrize(
    ("row", "share"),
    [
        # 1,000.00 of 3,000.00
        ("X,N,S,100000,usd,yesterday\n", "33.33%"),
        ("X,N,S,-100000,usd,yesterday\n", "33.33%"),
        ("X,N,S,1000,usd,yesterday\n", ""),
        # yen have no minor unit: 1,000 of them are 5.00
        ("X,N,S,1000,jpy,yesterday\n", ""),
        ("X,N,S,5000,jpy,yesterday\n", "1.23%"),
    ],
)
def test_a_faulty_line_of_an_invoice_is_worth_its_amount(
    row: str, share: str, tmp_path: Path
) -> None:
    said = land_stripe(tmp_path, invoice_line_item=GOOD_LINES + row)
    assert share in said
    assert bool(share) == ("stripe/invoice_line_item that are at fault are worth" in said)


def test_a_faulty_opportunity_is_worth_its_amount(tmp_path: Path) -> None:
    """Of 200 at 100 and one at 20,000, half."""
    for amount, share in (("100", ""), ("20000", "are worth 50.00% of its amounts")):
        rows = f"006X,001000000000001,Won,{amount},2024-02-30,true,true,2024-01-01 00:00:00\n"
        folder = tmp_path / amount
        folder.mkdir()
        tables = {"account": ACCOUNTS, "opportunity": GOOD_OPPORTUNITIES + rows}
        assert share in landed(write_extracts(folder, "salesforce", **tables), folder)


def lines_landed(folder: Path, rows: str) -> str:
    return landed(write_extracts(folder, subscription_lines=HEADER + rows), folder)


def test_history_does_not_make_the_value_of_faulty_lines_smaller(tmp_path: Path) -> None:
    """A line a month for 240 months of 50 customers; in the last month 25 amounts are unreadable:
    25 of 12,000 rows, and 25 of the 650 that were in force within a year.
    """
    rows = [
        f"L{n}-{month},C{n},P,{2005 + month // 12}-{month % 12 + 1:02}-01,"
        f"{2005 + (month + 1) // 12}-{(month + 1) % 12 + 1:02}-01,"
        f"{'x' if month == 239 and n < 25 else 100},1,USD\n"
        for month in range(240)
        for n in range(50)
    ]
    said = lines_landed(tmp_path, "".join(rows))
    assert "are worth 3.85% of a year's recurring amounts" in said


def test_a_large_line_whose_term_cannot_be_read_is_worth_its_amount(tmp_path: Path) -> None:
    """200 lines of 1,000, and one of 200,000 for a term of nothing: half."""
    good = "".join(f"L{n},C{n},P,2024-01-01,,1000,12,USD\n" for n in range(200))
    said = lines_landed(tmp_path, good + "X,X,P,2024-01-01,,200000,0,USD\n")
    assert "are worth 50.00% of a year's recurring amounts" in said


@pytest.mark.parametrize("amount", ['"$20,000.00"', "20'000.0", '"20.000,00 €"', '"(20,000)"'])
def test_a_large_amount_with_separators_is_worth_what_it_was_meant_to_be(
    amount: str, tmp_path: Path
) -> None:
    """200 lines of 100, and one of 20,000 that is no plain number: half, and not one of 201."""
    good = "".join(f"L{n},C{n},P,2024-01-01,,100,12,USD\n" for n in range(200))
    said = lines_landed(tmp_path, good + f"X,X,P,2024-01-01,,{amount},12,USD\n")
    assert "are worth 50.00% of a year's recurring amounts" in said

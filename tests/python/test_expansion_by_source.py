"""Expansion by source: the sample company matched anew in plain Python, and books without a CRM."""

import csv
from collections import defaultdict
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import duckdb
import pytest
from ledger_harness import Ledger

from arr_ledger.sample import ANSWER_KEY, EXTRACTS, PROJECT
from arr_ledger.sample_company.days import month_index
from arr_ledger.sample_company.opportunity_key import TEAMS

CENT = Decimal("0.01")
GAINS = ("new", "reactivation", "expansion")
# customer, month, id of the opportunity (empty for an expansion without a win), team, amount
Part = tuple[str, int, str, str, Decimal]


@pytest.fixture(scope="module")
def marts(sample_database: Path) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(str(sample_database), read_only=True)


def csv_rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def salesforce(name: str) -> list[dict[str, str]]:
    folder = PROJECT / EXTRACTS / "salesforce"
    return csv_rows(folder / f"sample_salesforce__{name}.csv")


def movements() -> dict[str, dict[int, tuple[str, Decimal]]]:
    """Customer -> month -> kind and amount of each gain, from the answer key."""
    found: dict[str, dict[int, tuple[str, Decimal]]] = defaultdict(dict)
    for row in csv_rows(PROJECT / ANSWER_KEY / "movements.csv"):
        if row["movement_type"] in GAINS:
            month = month_index(date.fromisoformat(row["date_month"]))
            found[row["customer_id"]][month] = (row["movement_type"], Decimal(row["arr_change"]))
    return found


def wins() -> list[dict[str, str]]:
    """Opportunities won that add something and whose amount can be stated."""
    return [
        row
        for row in salesforce("opportunity")
        if row["is_won"].lower() == "true"
        and row["is_deleted"].lower() != "true"
        and row["type"] != "Renewal"
        and row["currency_iso_code"] in ("", "USD")
        and Decimal(row["amount"] or 0) > 0
    ]


def yearly(row: dict[str, str]) -> Decimal:
    months = Decimal(row["term_months_c"] or 12)
    return (Decimal(row["amount"]) * 12 / months).quantize(CENT, ROUND_HALF_UP)


def closed_in(win: dict[str, str]) -> int:
    return month_index(date.fromisoformat(win["close_date"][:10]))


def most_pairs(wins: list[dict[str, str]], months: set[int]) -> tuple[int, int, dict[str, int]]:
    """Of all ways to pair wins and gains of one amount, one with the most pairs, then the nearest.

    The number of pairs, the months between them below zero, and id of the win -> month.
    """
    if not wins:
        return 0, 0, {}
    first, others = wins[0], wins[1:]
    best = most_pairs(others, months)
    for month in (closed_in(first) + 1, closed_in(first), closed_in(first) - 1):
        if month in months:
            pairs, nearness, found = most_pairs(others, months - {month})
            apart = abs(month - closed_in(first))
            if (pairs + 1, nearness - apart) > best[:2]:
                best = pairs + 1, nearness - apart, found | {first["id"]: month}
    return best


def equal_pairs(
    of_customer: list[dict[str, str]], gains: dict[int, tuple[str, Decimal]]
) -> dict[str, int]:
    """Id of the win -> month of a gain of its amount, one to one."""
    found = {}
    for arr in {yearly(win) for win in of_customer}:
        of_amount = [win for win in of_customer if yearly(win) == arr]
        months = {month for month, (_, amount) in gains.items() if amount == arr}
        found |= most_pairs(of_amount, months)[2]
    return found


def best_month(
    win: dict[str, str], gains: dict[int, tuple[str, Decimal]], met: set[int], grown: set[int]
) -> int | None:
    """The month of another amount that the win belongs to: its product, then the nearest."""
    close = closed_in(win)
    near = [close + 1, close, close - 1]
    usable = [m for m in near if m in gains and m not in met and gains[m][1] != yearly(win)]
    usable.sort(key=lambda month: (month not in grown, abs(month - close), -month))
    return usable[0] if usable else None


def grown_families(marts: duckdb.DuckDBPyConnection) -> set[tuple[str, str, int]]:
    """Customer, family and month in which the family gained."""
    found = marts.sql(
        "select customer_id, product_family, date_month, sum(arr_change)"
        " from marts.fct_arr_movement_drivers join marts.dim_products using (product_id)"
        " group by all"
    ).fetchall()
    return {(who, family, month_index(when)) for who, family, when, arr in found if arr > 0}


def matched_in_python(marts: duckdb.DuckDBPyConnection) -> list[Part]:
    gains = movements()
    grown = grown_families(marts)
    families = {row["id"]: row["family"] for row in salesforce("product_2")}
    sold: dict[str, set[str]] = defaultdict(set)
    for row in salesforce("opportunity_line_item"):
        sold[row["opportunity_id"]].add(families[row["product_2_id"]])
    offers: dict[str, list[dict[str, str]]] = defaultdict(list)
    for win in wins():
        offers[win["account_id"]].append(win)
    taken: dict[tuple[str, int], list[dict[str, str]]] = defaultdict(list)
    for customer, of_customer in offers.items():
        pairs = equal_pairs(of_customer, gains[customer])
        for win in of_customer:
            told = {
                month
                for month in gains[customer]
                if any((customer, family, month) in grown for family in sold[win["id"]])
            }
            month = pairs.get(win["id"])
            if month is None:
                month = best_month(win, gains[customer], set(pairs.values()), told)
            if month is not None:
                taken[customer, month].append(win)
    parts = []
    for customer, months in gains.items():
        for month, (kind, amount) in months.items():
            if kind == "expansion":
                parts += shared(customer, month, amount, taken[customer, month])
    return parts


def shared(
    customer: str, month: int, amount: Decimal, of_month: list[dict[str, str]]
) -> list[Part]:
    """An expansion among its wins; what they do not account for has no source."""
    won = sum(map(yearly, of_month), Decimal(0))
    parts: list[Part] = []
    so_far = given = Decimal(0)
    for win in sorted(of_month, key=lambda win: win["id"]):
        so_far += yearly(win)
        share = min(Decimal(1), amount / won)
        until = (so_far * share).quantize(CENT, ROUND_HALF_UP)
        parts.append((customer, month, win["id"], TEAMS[win["sourced_by_c"]], until - given))
        given = until
    if given < amount:
        parts.append((customer, month, "", "unattributed", amount - given))
    return parts


def test_the_sample_matched_in_plain_python_gives_the_same_parts(
    marts: duckdb.DuckDBPyConnection,
) -> None:
    found = marts.sql(
        "select customer_id, date_month, coalesce(opportunity_id, ''), sourcing_team, expansion_arr"
        " from marts.fct_expansion_sources"
    ).fetchall()
    expected = matched_in_python(marts)
    assert len({part[3] for part in expected}) == len(TEAMS)
    assert sorted((who, month_index(when), *rest) for who, when, *rest in found) == sorted(expected)


LINES = [
    {"line_id": "1", "start_date": "2024-01-01", "end_date": "2024-06-01", "product_id": "core"},
    {"line_id": "2", "start_date": "2024-06-01", "end_date": None, "product_id": "core"},
    {"line_id": "3", "start_date": "2024-06-10", "end_date": None, "product_id": "insights"},
]
AMOUNTS = {"1": 1200, "2": 1500, "3": 600}


def test_without_a_crm_all_expansion_is_unattributed_and_nothing_was_won() -> None:
    marts = [
        "fct_expansion_sources",
        "fct_won_opportunities",
        "fct_professional_services_bonuses",
        "rpt_expansion_by_source_monthly",
    ]
    book = [
        {
            **line,
            "customer_id": "a",
            "currency": "USD",
            "term_months": 12,
            "term_amount": AMOUNTS[line["line_id"]],
        }
        for line in LINES
    ]
    run = Ledger({"crm_systems": [], "as_of_date": "2024-12-31"}, only=marts).run(
        {"subscription_lines": book}
    )
    (part,) = run.rows("fct_expansion_sources")
    assert part["sourcing_team"] == "unattributed"
    assert part["attribution"] == "no_opportunity"
    assert (part["expansion_arr"], part["upsell_arr"], part["cross_sell_arr"]) == (900, 300, 600)
    assert run.rows("fct_won_opportunities") == []
    assert run.rows("fct_professional_services_bonuses") == []
    (month,) = run.rows("rpt_expansion_by_source_monthly", segment_type="all")
    assert (month["expansion_arr"], month["share_of_expansion"]) == (900, 1)

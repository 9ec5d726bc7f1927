"""What tables say together is said at landing: currencies without a rate, circles, likely slips."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from landing_extracts import query, write_extracts

from arr_ledger.landing import Landing, LandingRefusedError, Limits, land
from arr_ledger.refresh import RefreshRefusedError, Request, refresh
from arr_ledger.refresh.progress import Progress

ANY = Limits(Decimal(1), Decimal(1))
LINE_HEADER = (
    "line_id,customer_id,product_id,start_date,end_date,term_amount,term_months,currency\n"
)
DOLLARS = LINE_HEADER + "L1,C1,P,2024-01-01,,1200,12,USD\n"
EURO = "L2,C2,P,2024-01-01,,600,12,eur\nL3,C2,P,2024-01-01,,-10.5,12,EUR\n"
RATE_HEADER = "currency,month_end,rate\n"
STRIPE = {
    "customer": "id\nc1\n",
    "subscription": "id,customer_id,status,created\ns1,c1,active,2024-01-01\n",
    "subscription_item": "id,subscription_id,price_id,quantity\ni1,s1,p1,2\n",
    "price": "id,currency,unit_amount\np1,usd,1000\n",
}
INVOICES = "id,subscription_id,currency,total,livemode,is_deleted,status\n"
INVOICE_LINES = "id,invoice_id,subscription_id,subscription_item_id,price_id,amount\n"

Tables = dict[str, dict[str, str]]


def land_all(folder: Path, tables: Tables, **variables: Any) -> Landing:
    for system, of_system in tables.items():
        for left_over in folder.glob(f"extracts/{system}/*"):
            left_over.unlink()
        extracts = write_extracts(folder, system, **of_system)
    return land(extracts, folder / "x.duckdb", date(2025, 6, 30), ANY, variables)


def first_line(folder: Path, tables: Tables, **variables: Any) -> str:
    with pytest.raises(LandingRefusedError) as refused:
        land_all(folder, tables, **variables)
    assert not (folder / "x.duckdb").exists()
    return str(refused.value).splitlines()[0]


def lines(more: str, **others: str) -> Tables:
    return {"custom_billing": {"subscription_lines": DOLLARS + more, **others}}


NO_RATE = "custom_billing/fx_rates.csv: has no plan rate for {}, used by {}; add a row {},,<rate>"


@pytest.mark.parametrize(
    ("tables", "currency", "used"),
    [
        (lines(EURO), "EUR", "2 rows of custom_billing/subscription_lines (610.50)"),
        (
            lines(EURO, fx_rates=f"{RATE_HEADER}GBP,,1.2\nEUR,2025-01-31,1.1\n"),
            *("EUR", "2 rows of custom_billing/subscription_lines (610.50)"),
        ),
        (
            lines("", post_sale_expenses="month,role,amount,currency\n2025-01-01,csm,9,CHF\n"),
            *("CHF", "1 row of custom_billing/post_sale_expenses (9.00)"),
        ),
        (
            {"stripe": {**STRIPE, "invoice": INVOICES + "n1,s1,eur,540000,true,false,paid\n"}},
            *("EUR", "1 row of stripe/invoice (5,400.00)"),
        ),
        (
            {"stripe": {**STRIPE, "invoice": INVOICES + "n1,s1,jpy,540000,,,\n"}},
            *("JPY", "1 row of stripe/invoice (540,000.00)"),
        ),
        (
            {"stripe": {**STRIPE, "price": "id,currency,unit_amount\np1,eur,1000\n"}},
            *("EUR", "1 row of stripe/price (20.00)"),
        ),
        (
            {
                "stripe": {
                    **STRIPE,
                    "price": "id,currency,unit_amount\np1,usd,1000\nold,eur,500\n",
                    "invoice_line_item": INVOICE_LINES + "l1,n1,s1,i1,old,700\n",
                }
            },
            *("EUR", "1 row of stripe/price (7.00)"),
        ),
        (
            {"stripe": {**STRIPE, "plan": "id,currency,amount\np1,eur,1000\n"}},
            *("EUR", "1 row of stripe/plan (20.00)"),
        ),
        (
            {
                "salesforce": {
                    "account": "id\na\n",
                    "opportunity": "id,currency_iso_code,amount\no1,EUR,70\no2,EUR,\n",
                },
                **lines(""),
            },
            *("EUR", "1 row of salesforce/opportunity (70.00)"),
        ),
    ],
)
def test_a_currency_without_a_rate_is_refused_naming_who_uses_it(
    tmp_path: Path, tables: Tables, currency: str, used: str
) -> None:
    said = first_line(tmp_path, tables)
    assert said.startswith(NO_RATE.format(currency, used, currency))


@pytest.mark.parametrize(
    "tables",
    [
        lines(EURO, fx_rates=f"{RATE_HEADER}eur,,1.1\n"),
        lines("L2,C2,P,2024-01-01,,0,12,EUR\n"),
        {"stripe": {**STRIPE, "invoice": INVOICES + "n1,s1,eur,5,false,false,paid\n"}},
        {"stripe": {**STRIPE, "invoice": INVOICES + "n1,s1,eur,5,true,true,paid\n"}},
        {"stripe": {**STRIPE, "invoice": INVOICES + "n1,s1,eur,5,true,false,void\n"}},
        {"stripe": {**STRIPE, "invoice": INVOICES + "n1,s1,eur,0,true,false,paid\n"}},
        # a price without a subscription, and one that was charged in another currency
        {"stripe": {**STRIPE, "price": STRIPE["price"] + "p2,eur,1000\n"}},
        {
            "stripe": {
                **STRIPE,
                "price": "id,currency,unit_amount\np1,eur,1000\n",
                "invoice": INVOICES + "n1,s1,usd,5,,,\n",
            }
        },
        {
            "stripe": {
                **STRIPE,
                "price": "id,currency,unit_amount\np1,eur,1000\n",
                "subscription": "id,customer_id,status,created,livemode\n"
                "s1,c1,active,2024-01-01,false\n",
            }
        },
        {
            "salesforce": {
                "account": "id\na\n",
                "opportunity": "id,currency_iso_code,amount,is_deleted\no1,EUR,70,true\n",
            }
        },
    ],
)
def test_what_needs_no_rate_lands_without_one(tmp_path: Path, tables: Tables) -> None:
    assert land_all(tmp_path, tables).tables


def test_the_reporting_currency_needs_no_rate_and_every_other_does(tmp_path: Path) -> None:
    said = first_line(tmp_path, lines(EURO), reporting_currency="EUR")
    used = "1 row of custom_billing/subscription_lines (1,200.00)"
    assert said.startswith(NO_RATE.format("USD", used, "USD"))


def test_rates_of_another_reporting_currency_are_named(tmp_path: Path) -> None:
    tables = {"subscription_lines": DOLLARS, "fx_rates": RATE_HEADER + "USD,,1.17\nGBP,,1.3\n"}
    (said,) = land_all(tmp_path, {"custom_billing": tables}).notices
    assert said == (
        "custom_billing/fx_rates, column rate: USD is the reporting currency and has the rate 1.17,"
        " which is not read; check that the other rates say what a unit is worth in USD."
    )
    tables["fx_rates"] = RATE_HEADER + "USD,,1\nGBP,,1.3\n"
    assert land_all(tmp_path, {"custom_billing": tables}).notices == []


def test_by_month_end_any_month_end_rate_is_enough_at_landing(tmp_path: Path) -> None:
    plan = lines(EURO, fx_rates=f"{RATE_HEADER}EUR,,1.1\n")
    said = first_line(tmp_path, plan, fx_mode="month_end_rate")
    assert "has no month-end rate for EUR" in said
    assert "add a row EUR,<month end>,<rate>" in said
    by_month = lines(EURO, fx_rates=f"{RATE_HEADER}EUR,2025-01-31,1.1\n")
    land_all(tmp_path, by_month, fx_mode="month_end_rate")


def test_rates_that_stay_where_they_are_count_and_replaced_ones_do_not(tmp_path: Path) -> None:
    land_all(tmp_path, lines("", fx_rates=f"{RATE_HEADER}EUR,,1.1\n"))
    euro = {"stripe": {**STRIPE, "price": "id,currency,unit_amount\np1,eur,1000\n"}}
    write_extracts(tmp_path, "stripe", **euro["stripe"])
    for path in (tmp_path / "extracts" / "custom_billing").iterdir():
        path.unlink()
    (tmp_path / "extracts" / "custom_billing").rmdir()
    land_all(tmp_path, euro)
    with pytest.raises(LandingRefusedError, match="no plan rate for EUR"):
        land_all(tmp_path, {**euro, **lines("")})
    assert query(tmp_path, "select count(*) from raw_custom_billing.fx_rates") == [(1,)]


def test_a_rate_whose_row_is_faulty_now_keeps_its_version_and_counts(tmp_path: Path) -> None:
    land_all(tmp_path, lines(EURO, fx_rates=f"{RATE_HEADER}EUR,,1.1\n"))
    land_all(tmp_path, lines(EURO, fx_rates=f"{RATE_HEADER}EUR,,x\n"))
    assert query(tmp_path, "select rate from raw_custom_billing.fx_rates") == [(Decimal("1.1"),)]


ADDRESSES = "anna.example@acme.com", "anna@bücher.example", "A@b.co"


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize(
    ("system", "table", "content"),
    [
        ("custom_billing", "subscription_lines", DOLLARS + "L2,{},P,2024-01-01,,1,12,USD\n"),
        ("custom_billing", "customers", "customer_id\n{}\n"),
        ("custom_billing", "customers", "customer_id,parent_customer_id\nC,{}\n"),
        ("custom_billing", "customers", "customer_id,crm_account_id\nC,{}\n"),
        ("stripe", "customer", "id\n{}\nc1\n"),
        ("stripe", "invoice", "id,customer_id\nn1,{}\n"),
        ("salesforce", "account", "id,parent_id\na,{}\n"),
        ("salesforce", "opportunity", "id,account_id\no,{}\n"),
        ("custom_health", "customer_health", "customer_id,month\n{},2025-01-01\n"),
    ],
)
def test_an_address_as_the_id_of_a_customer_is_a_fault_that_never_shows_it(
    tmp_path: Path, system: str, table: str, content: str, address: str
) -> None:
    beside = {
        "custom_billing": {"subscription_lines": DOLLARS},
        "stripe": STRIPE,
        "salesforce": {"account": "id\na\n"},
        "custom_health": {},
    }[system]
    landing = land_all(tmp_path, {system: {**beside, table: content.format(address)}})
    ((reasons,),) = query(tmp_path, f"select reasons from raw_{system}.landed_rows_quarantined")
    assert (
        f"'{address[0]}***@***' is an e-mail address, which is personal data and no id" in reasons
    )
    assert "use the id that the system gave the customer" in reasons
    assert address not in "".join(landing.notices) + reasons


def test_an_address_is_masked_whatever_else_is_wrong_with_the_id(tmp_path: Path) -> None:
    rows = "a@acme.com ,P,2024-01-01,,1,12,USD\n"
    landing = land_all(tmp_path, lines(f"L2,{rows}L3,{rows}L3,C,P,2024-01-01,,2,12,USD\n"))
    assert "acme" not in "".join(landing.notices)


def test_an_id_with_a_sign_that_is_no_address_lands(tmp_path: Path) -> None:
    landing = land_all(tmp_path, lines("L2,acme@2024,P,2024-01-01,,1,12,USD\n"))
    assert landing.rows_put_aside == 0


THOUSANDS = "has exactly three decimals, which may be thousands written with a point"


@pytest.mark.parametrize(
    ("amounts", "says"),
    [
        (["1.200", "2.400"], True),
        (["-1.200"], True),
        (["1.200", "2.40"], False),
        (["1.200", "500"], True),
        (["500", "-12.500"], True),
        (["500", "600"], False),
        (["1.200", "1500"], True),
        (["1.200", "0.500"], False),
        (["1200.500"], False),
        (["1.2000"], False),
    ],
)
def test_amounts_that_may_be_thousands_are_named_and_land(
    tmp_path: Path, amounts: list[str], says: bool
) -> None:
    rows = "".join(f"L{n},C,P,2024-01-01,,{each},12,USD\n" for n, each in enumerate(amounts))
    landing = land_all(tmp_path, {"custom_billing": {"subscription_lines": LINE_HEADER + rows}})
    said = [each for each in landing.notices if THOUSANDS in each]
    assert len(said) == says
    if amounts[0] == "1.200" and says:
        assert said[0].startswith("custom_billing/subscription_lines.csv, column term_amount: ")
        assert "'1.200' on line 2 is read as 1.2, not as 1200" in said[0]
    assert landing.tables[0].rows == len(amounts)


def ended(*ends: str) -> Tables:
    rows = "".join(f"L{n},C{n},P,2024-01-31,{end},1,12,USD\n" for n, end in enumerate(ends))
    return {"custom_billing": {"subscription_lines": LINE_HEADER + rows}}


AS_LAST = (
    "custom_billing/subscription_lines, column end_date: of {} ends after whole months {} look like"
    " the last day of service, such as that of 'L0', and are read as the first day without service;"
    " set custom_billing_end_date_is_inclusive: true if that is wrong."
)
AS_FIRST = (
    "custom_billing/subscription_lines, column end_date: of {} ends after whole months {} look like"
    " the first day without service, such as that of 'L0', and are read as the last day of service;"
    " set custom_billing_end_date_is_inclusive: false if that is wrong."
)


@pytest.mark.parametrize(
    ("ends", "is_inclusive", "notices"),
    [
        (["2025-01-30"], False, [AS_LAST.format(1, 1)]),
        (["2025-01-30"], True, []),
        (["2025-01-31"], False, []),
        (["2025-01-31"], True, [AS_FIRST.format(1, 1)]),
        # a month that has no such day ends with its last
        (["2024-02-28", "2025-01-30", "2024-02-29"], False, [AS_LAST.format(3, 2)]),
        (["2025-01-30", "2025-01-31"], False, []),
        (["2025-01-12", "", "2024-01-31", "2099-12-30"], False, []),
        (["9999-12-31"], True, []),
    ],
)
def test_ends_that_look_like_the_other_way_to_write_them_are_named(
    tmp_path: Path, ends: list[str], is_inclusive: bool, notices: list[str]
) -> None:
    landing = land_all(tmp_path, ended(*ends), custom_billing_end_date_is_inclusive=is_inclusive)
    assert landing.notices == notices


def test_currencies_with_three_decimals_and_rates_are_no_thousands(tmp_path: Path) -> None:
    rates = f"{RATE_HEADER}KWD,,3.250\n"
    landing = land_all(
        tmp_path,
        {
            "custom_billing": {
                "subscription_lines": LINE_HEADER + "L,C,P,2024-01-01,,1.200,12,KWD\n",
                "fx_rates": rates,
            }
        },
    )
    assert landing.notices == []


def test_ids_that_differ_only_in_writing_are_named_with_their_lines(tmp_path: Path) -> None:
    rows = "".join(
        f"L{n},{name},{product},2024-01-01,,1,12,USD\n"
        for n, (name, product) in enumerate(
            [
                ("Caf\u00e9", "Pro"),
                ("Cafe\u0301", "pro"),
                ("A1", "P"),
                ("\uff21\uff11", "P"),
                ("A\u200b1", "P"),
            ]
        )
    )
    landing = land_all(tmp_path, {"custom_billing": {"subscription_lines": LINE_HEADER + rows}})
    by_form, by_case = landing.notices
    assert by_form.startswith("custom_billing/subscription_lines, column customer_id: ")
    assert "(line 2, 'Caf\\xe9')" in by_form
    assert "(line 3, 'Cafe\\u0301') differ only in the Unicode form of their letters" in by_form
    assert "(3 such pairs in all)" in by_form
    assert "column product_id: 'Pro' (line 2) and 'pro' (line 3) differ only in capitals" in by_case


def test_segments_that_differ_only_in_capitals_are_named(tmp_path: Path) -> None:
    fields = {"segment": "tier_c", "industry": ""}
    landing = land_all(
        tmp_path,
        {
            "custom_billing": {
                "subscription_lines": DOLLARS,
                "customers": "customer_id,segment\nC,SMB\nD,smb\n",
            },
            "salesforce": {"account": "id,tier_c,region_c\n1,Big,EMEA\n2,big,Emea\n3,Big,\n"},
        },
        salesforce_fields=fields,
    )
    assert [each for each in landing.notices if "capitals" in each] == [
        f"{column}: {first} (line 2) and {second} (line 3) differ only in capitals; they are two"
        " segments: write one of them everywhere if they are the same."
        for column, first, second in (
            ("custom_billing/customers, column segment", "'SMB'", "'smb'"),
            ("salesforce/account, column region_c", "'EMEA'", "'Emea'"),
            ("salesforce/account, column tier_c", "'Big'", "'big'"),
        )
    ]


def test_a_field_that_a_variable_names_must_be_in_the_extract(tmp_path: Path) -> None:
    tables = {
        "custom_billing": {"subscription_lines": DOLLARS},
        "salesforce": {
            "account": "id,name,size_c\n1,Acme,Big\n",
            "account_history": "id,_fivetran_start\n1,2024-01-01\n",
        },
    }
    assert first_line(tmp_path, tables, salesforce_fields={"segment": "tier_c"}) == (
        "salesforce/account.csv, column tier_c: salesforce_fields names this column, and it is not"
        " there; columns that nothing reads are: size_c; add it to the file, or name another in"
        " salesforce_fields."
    )
    tables["salesforce"]["account"] = "id,name,tier_c\n1,Acme,Big\n"
    landing = land_all(tmp_path, tables, salesforce_fields={"segment": "tier_c"})
    assert landing.rows_put_aside == 0


@pytest.mark.parametrize(
    ("system", "table", "content", "notices"),
    [
        ("salesforce", "account", "id\n001A00000abcDEF\n001A00000abcdef\n", 0),
        ("salesforce", "account", "id\nCaf\u00e9\nCafe\u0301\n", 0),
        ("stripe", "customer", "id\ncus_Ab\ncus_ab\n", 0),
        ("stripe", "customer", "id\nc1\nCaf\u00e9\nCafe\u0301\n", 1),
        ("custom_billing", "products", "product_id\nA\na\n", 1),
        ("custom_billing", "products", "product_id\n7\n7.0\n", 1),
        ("custom_billing", "products", "product_id\n7\n007\n", 1),
        ("custom_billing", "products", "product_id\n7\n70\n7.10\n0\n", 0),
    ],
)
def test_ids_that_differ_only_in_writing_are_told_where_they_may_be_the_same(
    tmp_path: Path, system: str, table: str, content: str, notices: int
) -> None:
    beside = {"stripe": STRIPE, "salesforce": {}}.get(system, {"subscription_lines": DOLLARS})
    landing = land_all(tmp_path, {system: {**beside, table: content}})
    assert len(landing.notices) == notices


@pytest.mark.parametrize(
    ("listed", "says"),
    [
        (["00123", "B.0"], "'123' is not in customers, which has '00123'"),
        (["123.0"], "'123' is not in customers, which has '123.0'"),
        (["123"], ""),
        (["1230", "00"], "'123' is not in customers; add it there"),
    ],
)
def test_ids_whose_zeros_a_spreadsheet_may_have_changed_are_named(
    tmp_path: Path, listed: list[str], says: str
) -> None:
    content = LINE_HEADER + "L1,123,P,2024-01-01,,1,12,USD\nL2,B,P,2024-01-01,,1,12,USD\n"
    customers = "customer_id\nB\n" + "".join(f"{each}\n" for each in listed)
    tables = {"custom_billing": {"subscription_lines": content, "customers": customers}}
    notices = land_all(tmp_path, tables).notices
    assert len(notices) == bool(says)
    if says:
        assert notices[0].startswith(
            f"custom_billing/subscription_lines, column customer_id: {says}"
        )


def test_customers_that_their_table_does_not_list_are_named(tmp_path: Path) -> None:
    customers = "customer_id,parent_customer_id,merged_into_customer_id\nC1,G,\nC2,C1,X\n"
    line = "{},{},P,2024-01-01,,1,12,USD\n".format
    content = LINE_HEADER + line("L1", "C1") + line("L2", "Y") + line("L3", "Z") + line("L4", "")
    tables = {"custom_billing": {"subscription_lines": content, "customers": customers}}
    assert land_all(tmp_path, tables).notices == [
        "custom_billing/subscription_lines, column customer_id: 'Y' is not in customers"
        " (2 such ids in all); add it there, or correct the id.",
        "custom_billing/customers, column parent_customer_id: 'G' is not in customers; add it"
        " there, or correct the id.",
        "custom_billing/customers, column merged_into_customer_id: 'X' is not in customers; add it"
        " there, or correct the id.",
    ]


CUSTOMERS = "customer_id,merged_into_customer_id,parent_customer_id\n"
MERGED = CUSTOMERS + "A,B,\nB,C,\nC,A,\nD,A,\nE,E,E\n"
PARENTS = CUSTOMERS + "A,,B\nB,,A\nC,,A\n"
ACCOUNTS = "id,master_record_id,parent_id\n"


@pytest.mark.parametrize(
    ("tables", "says"),
    [
        (
            lines("", customers=MERGED),
            "custom_billing/customers, column merged_into_customer_id: customers are merged into"
            " each other in a circle: A -> B -> C -> A; take out one of the merges.",
        ),
        (
            lines("", customers=PARENTS),
            "custom_billing/customers, column parent_customer_id: customers are parents of each"
            " other in a circle: A -> B -> A; take out one of the parents.",
        ),
        (
            {"salesforce": {"account": ACCOUNTS + "b,a,\na,b,\n"}, **lines("")},
            "salesforce/account, column master_record_id: accounts are merged into each other in a"
            " circle: a -> b -> a; take out one of the merges.",
        ),
        (
            {
                "salesforce": {
                    "account": f"{ACCOUNTS}001A00000abcDEFAAA,,001A00000abcDEG\n"
                    "001A00000abcDEGAAA,,001A00000abcDEF\n"
                },
                **lines(""),
            },
            "salesforce/account, column parent_id: accounts are parents of each other in a circle:"
            " 001A00000abcDEFAAA -> 001A00000abcDEGAAA -> 001A00000abcDEFAAA; take out",
        ),
        (
            {
                "custom_billing": {
                    "subscription_lines": f"supersedes_line_id,{LINE_HEADER}"
                    "L2,L1,C1,P,2024-01-01,,1200,12,USD\nL1,L2,C1,P,2024-06-01,,2400,12,USD\n"
                    "L3,L3,C1,P,2024-01-01,,1200,12,USD\nL1,L4,C1,P,2024-01-01,,1200,12,USD\n"
                }
            },
            "custom_billing/subscription_lines, column supersedes_line_id: lines are superseded by"
            " each other in a circle: L1 -> L2 -> L1; take out one of the links.",
        ),
    ],
)
def test_a_circle_is_refused_by_name(tmp_path: Path, tables: Tables, says: str) -> None:
    assert first_line(tmp_path, tables).startswith(says)


def test_a_chain_and_what_points_at_itself_are_no_circle(tmp_path: Path) -> None:
    chain = CUSTOMERS + "A,B,C\nB,C,C\nC,,\nE,E,E\nC1,,\n"
    assert land_all(tmp_path, lines("", customers=chain)).notices == []


def test_a_refresh_refuses_a_circle_and_a_currency_before_anything_is_built(
    tmp_path: Path,
) -> None:
    for more, says in (
        ({"customers": MERGED}, "in a circle: A -> B -> C -> A; take out one of the merges."),
        ({}, "has no plan rate for USD, used by 1 row of custom_billing/subscription_lines"),
    ):
        variables = {"as_of_date": "2025-06-30"}
        if not more:
            variables["reporting_currency"] = "EUR"
        extracts = write_extracts(tmp_path, subscription_lines=DOLLARS, **more)
        with pytest.raises(RefreshRefusedError) as refused:
            refresh(Request(extracts, tmp_path / "out", variables), Progress(is_silent=True))
        assert says in str(refused.value).splitlines()[0]
        (extracts / "custom_billing" / "customers.csv").unlink(missing_ok=True)


def test_land_takes_variables_and_hands_them_to_the_build(tmp_path: Path) -> None:
    euros = LINE_HEADER + "L1,C1,P,2024-01-01,,1200,12,EUR\n"
    write_extracts(tmp_path, subscription_lines=euros)

    def arr_ledger(variables: str) -> subprocess.CompletedProcess:
        command = [sys.executable, "-m", "arr_ledger.cli", "land", "--extracts", "extracts"]
        return subprocess.run(
            [*command, "--database", "x.duckdb", "--vars", variables],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )

    refused = arr_ledger("{}")
    assert refused.returncode == 1
    assert "has no plan rate for EUR" in refused.stderr.splitlines()[0]
    landed = arr_ledger(json.dumps({"reporting_currency": "EUR"}))
    assert landed.returncode == 0
    assert 'reporting_currency: "EUR"' in landed.stdout
    assert arr_ledger("{reporting_curency: EUR}").stderr.startswith(
        "Error: --vars: 'reporting_curency' is not a variable; did you mean reporting_currency?"
    )


CLOSED = {
    "closed_months": "closed_month,ending_arr,closed_at,reporting_currency\n"
    "2025-01-01,1200,2025-02-03 09:00:00,{currency}\n",
    "closed_lines": "closed_month,source_system,line_id,customer_id,product_id,currency,"
    "arr_in_line_currency,arr,start_date,end_date\n"
    "2025-01-01,custom_billing,L1,C1,P,{of_line},{amount},1200,2024-01-01,\n",
}
TO_EURO = {"fx_rates": RATE_HEADER + "USD,,0.9\n"}


def closings(**values: str) -> dict[str, str]:
    return {name: text.format(**values) for name, text in CLOSED.items()}


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"currency": "USD", "of_line": "USD", "amount": "1200"}, "in USD"),
        # a closing that does not say its currency: a line in euros was worth something else
        ({"currency": "", "of_line": "EUR", "amount": "1100"}, "in another currency"),
    ],
)
def test_months_closed_in_another_currency_are_refused(
    tmp_path: Path, values: dict[str, str], said: str
) -> None:
    """The difference of dollars and euros was a restatement by changed rates."""
    tables = {**lines("", **TO_EURO), "closings": closings(**values)}
    assert first_line(tmp_path, tables, reporting_currency="EUR") == (
        "closings/closed_months.csv, column reporting_currency: 2025-01 was closed"
        f" {said}, and this run reports in EUR; report in the currency of the closings, or move"
        " the folder closings away and close the months again."
    )


def test_months_closed_in_the_currency_of_the_run_land(tmp_path: Path) -> None:
    for currency in ("EUR", ""):
        closed = closings(currency=currency, of_line="EUR", amount="1200")
        tables = {**lines("", **TO_EURO), "closings": closed}
        assert land_all(tmp_path, tables, reporting_currency="EUR").lost == []

"""A row that is there but at fault keeps its last good version; only an absent key is gone."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from faults.landing_cases import BAD, GOOD, HEADER, PUT_ASIDE, Case
from landing_extracts import query, write_extracts
from ledger_harness import Ledger

from arr_ledger.landing import Landing, Limits, land

ANY = Limits(Decimal(1), Decimal(1))
# the file of 30,000 rows is one of those too, and a field too many comes below
OF_ONE_ROW = [case for case in PUT_ASIDE if case.number != 2 and case.name != "a field too many"]
KEPT = "select table_name, row_key, landing_number, since_landing_number"
LINE = ",".join(BAD.values())
OTHERS = "".join(f"K{n},K{n},P,2024-01-01,,1200,12,USD\n" for n in range(3))


def land_on(folder: Path, day: int, system: str = "custom_billing", **tables: str) -> Landing:
    """Lands these tables and no others on a day of May 2025."""
    for left_over in folder.glob(f"extracts/{system}/*"):
        left_over.unlink()
    extracts = write_extracts(folder, system, **tables)
    return land(extracts, folder / "x.duckdb", date(2025, 5, day), ANY)


def table_of(folder: Path, system: str, table: str) -> list[tuple]:
    return query(folder, f'select * from raw_{system}."{table}" order by all')


def kept_keys(folder: Path, system: str = "custom_billing") -> list[str]:
    found = query(folder, f"select row_key from raw_{system}.landed_rows_kept order by 1")
    return [key for (key,) in found]


def gone_keys(folder: Path, system: str = "custom_billing") -> list[str]:
    found = query(folder, f"select row_key from raw_{system}.landed_rows_gone order by 1")
    return [key for (key,) in found]


@pytest.mark.parametrize("case", OF_ONE_ROW, ids=str)
def test_a_live_line_that_lands_again_with_a_fault_stays_as_it_was(
    case: Case, tmp_path: Path
) -> None:
    land_on(tmp_path, 1, subscription_lines=f"{GOOD}{LINE}\n")
    before = table_of(tmp_path, "custom_billing", "subscription_lines")
    landing = land_on(tmp_path, 2, subscription_lines=str(case.content))
    assert table_of(tmp_path, "custom_billing", "subscription_lines") == before
    assert (kept_keys(tmp_path), gone_keys(tmp_path)) == (["BAD"], [])
    assert any("1 row keeps its last good version: BAD" in each for each in landing.notices)
    land_on(tmp_path, 3, subscription_lines=f"{GOOD}{LINE}\n")
    assert table_of(tmp_path, "custom_billing", "subscription_lines") == before
    assert (kept_keys(tmp_path), gone_keys(tmp_path)) == ([], [])
    land_on(tmp_path, 4, subscription_lines=GOOD)
    assert gone_keys(tmp_path) == ["BAD"]
    assert query(
        tmp_path,
        "select line_id, _deleted_date::varchar from raw_custom_billing.subscription_lines"
        " where _deleted_date is not null",
    ) == [("BAD", "2025-05-04")]


@pytest.mark.parametrize(
    "faulty",
    [
        "BAD ,C1,P,2024-01-01,,12,12,USD",
        " BAD,C1,P,2024-01-01,,12,12,USD",
        "BAD\u00a0,C1,P,2024-01-01,,12,12,USD",
        "BAD\x07,C1,P,2024-01-01,,12,12,USD",
        "BAD,C1,P,2024-01-01,,13,12,USD\nBAD,C1,P,2024-01-01,,14,12,USD",
        "BAD,C1,P,2024-01-01,,1,12,USD\nBAD,C1,P,2024-01-01,,2,12,USD\nBAD ,C1,P,x,,x,12,USD",
        "BAD",
        "BAD ,C1",
        "BAD,C1,P,2024-01-01,,12,12,USD,x",
    ],
    ids=[
        "a blank after the key",
        "a blank before it",
        "a hard blank after it",
        "a control character in it",
        "two rows with the key that disagree",
        "three faulty rows of one key",
        "a key and nothing else",
        "a key with a blank in a short record",
        "a field too many",
    ],
)
def test_a_key_that_is_there_in_any_form_is_not_gone(faulty: str, tmp_path: Path) -> None:
    land_on(tmp_path, 1, subscription_lines=f"{GOOD}{LINE}\n")
    before = table_of(tmp_path, "custom_billing", "subscription_lines")
    land_on(tmp_path, 2, subscription_lines=f"{GOOD}{faulty}\n")
    assert table_of(tmp_path, "custom_billing", "subscription_lines") == before
    assert (kept_keys(tmp_path), gone_keys(tmp_path)) == (["BAD"], [])


@pytest.mark.parametrize(
    ("faulty", "kept", "gone"),
    [
        (",C1,P,2024-01-01,,12,12,USD", ["BAD", "K2"], []),
        ("null,C1,P,2024-01-01,,12,12,USD", ["BAD", "K2"], []),
        ("C1,P,2024-01-01,,12,12,USD", ["BAD", "K2"], []),
        ("NEW,C1,P,2024-01-01,,x,12,USD", [], ["BAD", "K2"]),
        ("", [], ["BAD", "K2"]),
    ],
    ids=["an empty key", "a word for none", "the key left out", "a new row", "a blank line"],
)
def test_where_the_key_of_a_faulty_row_cannot_be_read_no_absent_key_is_gone(
    faulty: str, kept: list[str], gone: list[str], tmp_path: Path
) -> None:
    land_on(tmp_path, 1, subscription_lines=f"{HEADER}{OTHERS}{LINE}\n")
    fewer = OTHERS.replace("K2,K2,P,2024-01-01,,1200,12,USD\n", "")
    landing = land_on(tmp_path, 2, subscription_lines=f"{HEADER}{faulty}\n{fewer}")
    assert (kept_keys(tmp_path), gone_keys(tmp_path)) == (kept, gone)
    says = [each for each in landing.notices if "cannot be read" in each and "2 of them" in each]
    assert bool(says) == bool(kept)


def test_a_row_kept_twice_says_since_when_and_the_same_bytes_change_nothing(
    tmp_path: Path,
) -> None:
    sql = f"{KEPT}, earlier_load_id = (select min(_load_id) from raw_custom_billing"
    sql += ".subscription_lines), reasons from raw_custom_billing.landed_rows_kept"
    for day, amount in ((1, "12"), (2, "x"), (3, "y"), (4, "y")):
        line = LINE.replace(",12,12,", f",{amount},12,")
        land_on(tmp_path, day, subscription_lines=f"{HEADER}{line}\n")
        found = query(tmp_path, sql)
        if day > 1:
            ((*facts, reasons),) = found
            number = min(day, 3)
            assert facts == ["subscription_lines", "BAD", number, 2, True]
            assert f"'{amount}' is not a plain number" in reasons


def test_the_only_line_of_a_book_stays_when_it_is_at_fault(tmp_path: Path) -> None:
    land_on(tmp_path, 1, subscription_lines=f"{HEADER}{LINE}\n")
    before = table_of(tmp_path, "custom_billing", "subscription_lines")
    land_on(tmp_path, 2, subscription_lines=f"{HEADER}{LINE.replace('USD', 'US')}\n")
    assert table_of(tmp_path, "custom_billing", "subscription_lines") == before


def test_a_line_that_was_gone_and_is_there_again_with_a_fault_is_live(tmp_path: Path) -> None:
    land_on(tmp_path, 1, subscription_lines=f"{HEADER}{OTHERS}{LINE}\n")
    before = table_of(tmp_path, "custom_billing", "subscription_lines")
    land_on(tmp_path, 2, subscription_lines=f"{HEADER}{OTHERS}")
    land_on(tmp_path, 3, subscription_lines=f"{HEADER}{OTHERS}{LINE.replace('USD', 'US')}\n")
    assert table_of(tmp_path, "custom_billing", "subscription_lines") == before


def test_a_faulty_line_is_not_replaced_by_a_new_line_of_its_customer(tmp_path: Path) -> None:
    land_on(tmp_path, 1, subscription_lines=f"{HEADER}{OTHERS}{LINE}\n")
    anew = LINE.replace("BAD", "NEW") + "\n" + LINE.replace("USD", "US")
    land_on(tmp_path, 2, subscription_lines=f"{HEADER}{OTHERS}{anew}\n")
    found = query(
        tmp_path,
        "select line_id, _deleted_date from raw_custom_billing.subscription_lines"
        " where customer_id = 'C1' order by 1",
    )
    assert found == [("BAD", None), ("NEW", None)]


VERSION, ITEM = "A/2024-05-01", "A/2024-05-01 00:00:00"
RATES = "currency,month_end,rate|EUR,,1.1|EUR,2025-01-31,1.2|EUR,2025-02-28,1.3"
VERSIONS = "customer_id,valid_from,region|A,2024-01-01,b|A,2024-05-01,c|B,2024-05-01,c"
HISTORY = (
    "id,customer_id,status,created,_fivetran_start|A,c,active,2024-01-01,2024-01-01T00:00:00Z"
    "|A,c,active,2024-01-01,2024-05-01T00:00:00Z"
)
NEW_LINES = "id,unique_id,amount,_fivetran_synced|A,u1,1,2025-01-01|A,u2,2,2025-01-01"
EVENTS = (
    "event_timestamp,subscription_id,customer_id,currency,mrr_change"
    "|2025-01-01,s,c,usd,5|2025-02-01,s,c,usd,-5"
)
HEALTH = "customer_id,month,nps|A,2025-01-01,1|A,2025-02-01,2"
# table, a good file, a part of one of its rows and what a fault makes of it, the key that is kept
TABLES = [
    ("custom_billing.customers", "customer_id,created_date|A,2024-01-01|B,", "A,2024", "A,x", "A"),
    ("custom_billing.products", "product_id,revenue_type|A,usage|B,", "A,usage", "A,u", "A"),
    ("custom_billing.customer_versions", VERSIONS, "A,2024-05-01,c", "A,2024-05-01 ,c", VERSION),
    ("custom_billing.customer_versions", VERSIONS, "A,2024-05-01,c", "A,2024-05-32,c", VERSION),
    ("custom_billing.fx_rates", RATES, "EUR,,1.1", "EUR,,0", "EUR"),
    ("custom_billing.fx_rates", RATES, "31,1.2", "31,x", "EUR/2025-01-31"),
    ("custom_billing.fx_rates", "currency,rate|EUR,1.1|GBP,1.3", "EUR,1.1", "eur,x", "EUR"),
    ("stripe.customer", "id,created|A,2024-01-01|B,", "A,2024-01-01", "A,x", "A"),
    ("stripe.subscription_item", "id,subscription_id,quantity|A,s,1|B,s,2", "s,1", "s,one", "A"),
    ("stripe.subscription_history", HISTORY, "2024-01-01,2024-05-01T", "x,2024-05-01T", ITEM),
    ("stripe.tier", "price_id,up_to,unit_amount|A,10,1|A,,2", "A,,2", "A,,two", "A"),
    ("stripe.invoice_line_item", NEW_LINES, "u2,2,2025-01-01", "u2,two,2025-01-02", "A/u2"),
    ("stripe.invoice_line_item", "id,invoice_id,amount|A,i,1|A,i,2", "i,2", "i,two", "A/i"),
    ("stripe.subscription_item_change_events", EVENTS, "usd,-5", "us,-5", "s/c"),
    ("salesforce.account", "id,created_date|A,2024-01-01|B,", "A,2024-01-01", "A,x", "A"),
    ("salesforce.opportunity", "id,account_id,amount|A,a,1|B,a,2", "A,a,1", "A,a,1e9", "A"),
    ("salesforce.user", "id,is_active|A,true|B,true", "A,true", "A,yes", "A"),
    ("custom_health.customer_health", HEALTH, "01,2", "01,two", "A/2025-02-01"),
]
BESIDE = {
    "custom_billing": {"subscription_lines": HEADER + OTHERS},
    "stripe": {
        "customer": "id\nA\n",
        "subscription": "id,customer_id,status,created\ns,A,active,2024-01-01\n",
        "subscription_item": "id,subscription_id\nA,s\n",
    },
    "salesforce": {"account": "id\nA\n"},
    "custom_health": {},
}


@pytest.mark.parametrize(("name", "file", "part", "faulty", "key"), TABLES)
def test_a_faulty_row_of_any_table_keeps_its_version_and_an_absent_one_does_not(
    name: str, file: str, part: str, faulty: str, key: str, tmp_path: Path
) -> None:
    system, table = name.split(".")
    assert file.count(part) == 1
    good = file.replace("|", "\n") + "\n"
    fewer = "".join(f"{line}\n" for line in good.splitlines() if part not in line)

    def land_table(day: int, content: str) -> list[tuple]:
        land_on(tmp_path, day, system, **{**BESIDE[system], table: content})
        return table_of(tmp_path, system, table)

    before = land_table(1, good)
    assert land_table(2, good.replace(part, faulty)) == before
    assert (kept_keys(tmp_path, system), gone_keys(tmp_path, system)) == ([key], [])
    assert land_table(3, good) == before
    left = land_table(4, fewer)
    if table == "customers":
        left = [row for row in left if row[-1] is None]
    assert len(left) == len(before) - 1


VARIABLES = {"as_of_date": "2025-12-31", "renewal_grace_days": 0}
# every kind of fault in a line of a customer of its own, who has no other line
FAULTS = {
    case.name: str(case.content).splitlines()[-1] for case in OF_ONE_ROW if case.number != 15
} | {"a field too few": "BAD,C1,P", "a blank after the key": LINE.replace("BAD", "BAD ")}


def test_a_faulty_line_moves_nothing_until_it_is_really_gone(tmp_path: Path) -> None:
    """Landed in March, faulty in April, mended in May, gone in June 2025."""
    ledger = Ledger(VARIABLES, only=["fct_arr_movements", "rpt_ledger_findings"])
    good = {
        f"C{n}": LINE.replace("BAD", f"B{n}").replace("C1", f"C{n}") for n in range(len(FAULTS))
    }
    faulty = [
        row.replace("BAD", f"B{n}").replace("C1", f"C{n}") for n, row in enumerate(FAULTS.values())
    ]
    names = "customer_id,segment\n" + "".join(f"C{n},small\n" for n in range(len(FAULTS)))
    outcomes = []
    for month, lines, customers in (
        (3, list(good.values()), names),
        (4, faulty, names.replace("C0,small", "C0\u00a0,small")),
        (5, list(good.values()), names),
        (6, [], names),
    ):
        tables = {"subscription_lines": HEADER + OTHERS + "\n".join([*lines, ""])}
        extracts = write_extracts(tmp_path, **tables, customers=customers)
        land(extracts, tmp_path / "x.duckdb", date(2025, month, 15), ANY)
        run = ledger.run(
            {
                name: rows_of(tmp_path, name)
                for name in ("subscription_lines", "customers", "landed_rows_kept")
            }
        )
        moved = run.query(
            "select customer_id, date_month, movement_type, arr_change from marts.fct_arr_movements"
            " order by all"
        )
        found = run.query(
            "select subject_id, customer_id, related_subject_id, arr from marts.rpt_ledger_findings"
            " where finding_type = 'faulty_row_kept' order by related_subject_id desc, subject_id"
        )
        outcomes.append((moved, [tuple(row.values()) for row in found]))
    first, while_faulty, mended, gone = outcomes
    assert len(first[0]) == len(FAULTS) + 3
    assert while_faulty[0] == mended[0] == first[0]
    assert while_faulty[1] == [
        *(
            (f"B{n}", f"C{n}", "subscription_lines", Decimal(12))
            for n in sorted(range(len(FAULTS)), key=str)
        ),
        ("C0", "C0", "customers", None),
    ]
    assert first[1] == mended[1] == gone[1] == []
    churned = [row for row in gone[0] if row not in first[0]]
    assert {(f"{row['date_month']:%Y-%m}", row["movement_type"]) for row in churned} == {
        ("2025-06", "churn")
    }
    assert {row["customer_id"] for row in churned} == set(good)


def rows_of(folder: Path, table: str) -> list[dict[str, object]]:
    with duckdb.connect(str(folder / "x.duckdb"), read_only=True) as connection:
        found = connection.execute(f"from raw_custom_billing.{table}")
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

"""What holds a release back, and where the next landing starts."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from landing_extracts import CUSTOMERS, LINES, write_extracts

from arr_ledger.landing import land
from arr_ledger.refresh import RefreshRefusedError, landed
from arr_ledger.refresh.folders import Folders
from arr_ledger.refresh.hold import (
    ended_arr,
    hold_back,
    kept_arr,
    moved_arr,
    moved_past_arr,
    shrunken_tables,
)
from arr_ledger.refresh.landed import (
    keep_landing,
    keep_renewal_bases,
    start_from_last_landing,
)

LAST_LINE = LINES.splitlines(keepends=True)[-1]


@pytest.mark.parametrize(
    ("before", "after", "sentences"),
    [
        ({"raw_stripe.x": 100}, {"raw_stripe.x": 80}, []),
        ({"raw_stripe.x": 100}, {"raw_stripe.x": 79}, ["raw_stripe.x fell from 100 to 79 rows"]),
        ({"raw_stripe.x": 1_000}, {}, ["raw_stripe.x fell from 1,000 to 0 rows"]),
        ({}, {"raw_stripe.x": 5}, []),
        ({"raw_stripe.x": 0}, {"raw_stripe.x": 0}, []),
        ({"raw_stripe.landed_loads": 5}, {}, []),
    ],
)
def test_a_source_that_lost_more_than_a_fifth_of_its_rows_is_named(
    before: dict[str, int], after: dict[str, int], sentences: list[str]
) -> None:
    assert shrunken_tables(before, after) == sentences


def with_arr(path: Path, **months: str) -> Path:
    """A file with a bridge of the company, and one of a segment that is not looked at."""
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema marts")
        connection.execute(
            "create table marts.rpt_arr_bridge_monthly"
            " (date_month date, segment_type varchar, ending_arr decimal(18, 2))"
        )
        for month, arr in months.items():
            day = f"2025-{month[1:]}-01"
            for kind, amount in (("all", arr), ("segment", "1")):
                connection.execute(
                    "insert into marts.rpt_arr_bridge_monthly values (?, ?, ?)", [day, kind, amount]
                )
    return path


@pytest.mark.parametrize(
    ("arr", "sentences"),
    [
        ("110.00", []),
        ("110.01", ["ARR went from 100.00 (2025-05) to 110.01 (2025-06)"]),
        ("90.00", []),
        ("89.99", ["ARR went from 100.00 (2025-05) to 89.99 (2025-06)"]),
    ],
)
def test_arr_that_moved_by_more_than_a_tenth_since_the_served_release_is_named(
    tmp_path: Path, arr: str, sentences: list[str]
) -> None:
    served = with_arr(tmp_path / "served.duckdb", m04="7", m05="100")
    built = with_arr(tmp_path / "built.duckdb", m04="7", m05="100", m06=arr)
    assert moved_arr(served, built) == sentences
    assert moved_arr(tmp_path / "none.duckdb", built) == []


@pytest.mark.parametrize(
    ("months", "sentences"),
    [
        ({"m03": "100", "m04": "110", "m05": "900"}, []),
        ({"m03": "100", "m04": "120", "m05": "2000"}, []),
        (
            {"m03": "100", "m04": "121", "m05": "2000"},
            [
                "ARR of 1 past month moved by more than 10%, the most in 2025-04, from 100.00"
                " to 121.00"
            ],
        ),
        (
            {"m03": "100", "m04": "111", "m05": "100"},
            [
                "ARR of 1 past month moved by more than 10%, the most in 2025-04, from 100.00"
                " to 111.00"
            ],
        ),
        (
            {"m02": "5", "m03": "70", "m04": "111", "m05": "100", "m06": "100"},
            [
                "ARR of 2 past months moved by more than 10%, the most in 2025-03, from 100.00"
                " to 70.00"
            ],
        ),
    ],
)
def test_arr_of_past_months_that_moved_by_more_than_a_tenth_is_named(
    tmp_path: Path, months: dict[str, str], sentences: list[str]
) -> None:
    served = with_arr(tmp_path / "served.duckdb", m03="100", m04="100", m05="100")
    built = with_arr(tmp_path / "built.duckdb", **months)
    assert moved_past_arr(served, built) == sentences
    assert moved_past_arr(tmp_path / "none.duckdb", built) == []


def with_customers(path: Path, *rows: tuple[str, str, str]) -> Path:
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            "create view marts.fct_customer_arr_monthly as select * from (values "
            + ", ".join(
                f"('{customer}', date '{month}-01', cast({arr} as decimal(18, 2)))"
                for customer, month, arr in rows
            )
            + ") as x(customer_id, date_month, arr)"
        )
    return path


def test_the_customers_who_moved_arr_most_are_named(tmp_path: Path) -> None:
    served = with_customers(
        with_arr(tmp_path / "served.duckdb", m04="100", m05="100"),
        *[("C1", "2025-04", "60"), ("C2", "2025-04", "40")],
        *[("C1", "2025-05", "60"), ("C2", "2025-05", "40")],
    )
    built = with_customers(
        with_arr(tmp_path / "built.duckdb", m04="125", m05="150"),
        *[("C1", "2025-04", "60"), ("C2", "2025-04", "30"), ("C3", "2025-04", "35")],
        *[("C1", "2025-05", "90"), ("C3", "2025-05", "30"), ("C4", "2025-05", "20")],
        ("a@b.example", "2025-05", "10"),
    )
    (now,) = moved_arr(served, built)
    assert now == (
        "ARR went from 100.00 (2025-05) to 150.00 (2025-05), most of all C2 -40.00, C1 +30.00,"
        " C3 +30.00"
    )
    (past,) = moved_past_arr(served, built)
    assert past.endswith("from 100.00 to 125.00, most of all C3 +35.00, C2 -10.00")


@pytest.mark.parametrize(
    ("amounts", "sentences"),
    [
        ([], []),
        (["0.50"], []),
        (["0.30", "0.20"], []),
        (
            ["0.30", "-0.21"],
            [
                "0.51 of the 100.00 of ARR (2025-05) rest on last good versions of rows that are"
                " faulty now, more than 0.50%: subscription_lines L0, subscription_lines L1;"
                " correct them in the source system"
            ],
        ),
        (
            ["4", "3", "2", "1"],
            [
                "10.00 of the 100.00 of ARR (2025-05) rest on last good versions of rows that"
                " are faulty now, more than 0.50%: subscription_lines L0, subscription_lines L1,"
                " subscription_lines L2 and 1 more; correct them in the source system"
            ],
        ),
    ],
)
def test_arr_that_rests_on_faulty_rows_is_named_above_its_share(
    tmp_path: Path, amounts: list[str], sentences: list[str]
) -> None:
    built = with_arr(tmp_path / "built.duckdb", m05="100")
    with duckdb.connect(str(built)) as connection:
        connection.execute(
            "create table marts.rpt_ledger_findings (finding_type varchar, subject_id varchar,"
            " related_subject_id varchar, arr decimal(18, 2))"
        )
        for number, amount in enumerate(amounts):
            for kind in ("faulty_row_kept", "another_finding"):
                connection.execute(
                    "insert into marts.rpt_ledger_findings values (?, ?, 'subscription_lines', ?)",
                    [kind, f"L{number}", amount],
                )
        connection.execute(
            "insert into marts.rpt_ledger_findings"
            " values ('faulty_row_kept', 'P', 'products', null)"
        )
    assert kept_arr(built, Decimal("0.005")) == sentences


def test_data_that_ends_is_named_with_its_day_and_amount_above_its_share(tmp_path: Path) -> None:
    built = with_arr(tmp_path / "built.duckdb", m06="95")
    with duckdb.connect(str(built)) as connection:
        connection.execute(
            "create table marts.rpt_ledger_findings as select 'data_ends' as finding_type,"
            " 'custom_billing' as source_system, '2025-04-01' as subject_id, 5.00 as arr"
        )
    assert ended_arr(built, Decimal("0.05")) == []
    assert ended_arr(built, Decimal("0.04")) == [
        "the data of custom_billing seems to end: no line starts or renews after 2025-04-01, and"
        " 5.00 of ARR ended since (95.00 are left in 2025-06); bring newer data, and make invoices"
        " into lines as docs/how_to/turn_invoices_into_lines.md shows"
    ]


def test_a_reason_lets_pass_what_is_held_back() -> None:
    hold_back([], None)
    hold_back(["ARR went away"], "we sold the business")
    with pytest.raises(RefreshRefusedError, match=r"blocked: ARR went away; x fell\. If that"):
        hold_back(["ARR went away", "x fell"], None)


def test_the_next_landing_knows_which_load_brought_a_row_and_which_no_longer_had_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folders = Folders(tmp_path / "out")
    folders.prepare()
    assert start_from_last_landing(folders) == {}
    monkeypatch.setattr(landed, "served_release", lambda _: "r1")
    for lines in (LINES, LINES.replace(LAST_LINE, "")):
        folders.clear_leftovers()
        folders.work.mkdir()
        rows = start_from_last_landing(folders)
        land(
            write_extracts(tmp_path, subscription_lines=lines, customers=CUSTOMERS), folders.private
        )
        keep_landing("r1", folders)
    assert rows["raw_custom_billing.subscription_lines"] == 3
    with duckdb.connect(str(folders.landing("r1")), read_only=True) as connection:
        loads, gone = connection.execute(
            "select (select count(distinct _load_id) from raw_custom_billing.subscription_lines"
            "  where _deleted_date is null),"
            " (select string_agg(row_key) from raw_custom_billing.landed_rows_gone)"
        ).fetchone()
    assert (loads, gone) == (1, "L3")
    assert {path.name for path in folders.landings.iterdir()} == {"r1.duckdb", "r1.json"}


def test_the_renewal_base_of_a_release_is_there_for_the_next_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folders = Folders(tmp_path / "out")
    folders.prepare()
    monkeypatch.setattr(landed, "served_release", lambda _: "r1")
    for day in ("2025-03-31", "2025-06-30"):
        folders.clear_leftovers()
        folders.work.mkdir()
        rows = start_from_last_landing(folders)
        land(write_extracts(tmp_path, subscription_lines=LINES), folders.private)
        with duckdb.connect(str(folders.private)) as connection:
            connection.execute("create schema marts")
            connection.execute(
                f"create table marts.fct_renewal_base_snapshots as"
                f" select date '{day}' as as_of_date, 100.00 as up_for_renewal_arr"
            )
        keep_renewal_bases(folders)
        keep_landing("r1", folders)
    assert rows["raw_releases.landed_renewal_bases"] == 1
    assert shrunken_tables(rows, {"raw_custom_billing.subscription_lines": 3}) == []
    with duckdb.connect(str(folders.landing("r1")), read_only=True) as connection:
        kept = connection.execute("from raw_releases.landed_renewal_bases").fetchall()
    assert [f"{day}" for day, _ in kept] == ["2025-06-30"]

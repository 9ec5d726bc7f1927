"""The data tests of the project over random books: one that refuses correct data is wrong itself.

A few hundred books belong to the suite; make prove takes more of them under every policy, and
builds one company of them with dbt itself.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from ledger_harness import Ledger
from oracle.data_tests import failing_tests, shaped_books
from oracle.merging import merged
from oracle.policies import POLICIES

PROJECT = Path(__file__).resolve().parents[2]
DBT = Path(sys.executable).parent / "dbt"
SHIPPED = "as it ships"
BOOKS = 240


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    return Ledger(POLICIES[SHIPPED].variables(), with_tests=True)


@pytest.mark.parametrize("shape", ["any", "losses"])
def test_every_data_test_holds_over_random_books(ledger: Ledger, shape: str, evidence: Any) -> None:
    books = list(shaped_books(SHIPPED, POLICIES[SHIPPED], 1, shape, BOOKS // 2))
    assert not failing_tests(ledger, books)
    evidence.note(f"random books built with every data test ({shape})", len(books))


def test_every_data_test_holds_over_a_single_customer_with_one_line(ledger: Ledger) -> None:
    for book in shaped_books(SHIPPED, POLICIES[SHIPPED], 1, "tiny", 2):
        assert not failing_tests(ledger, [book])


def test_a_company_without_any_line_is_built(ledger: Ledger) -> None:
    assert not ledger.run({}).failing_tests()


def test_a_base_of_cents_beside_a_large_movement_reconciles(ledger: Ledger) -> None:
    """Hand-worked: 0.0049 a month is 0.06 a year, and stays. The credit of another customer since
    February, 1800 each 0.0329 months, is 1800 x 120000 / 329 = 656,534.95 a year: the bridge is
    0.06 - 656,534.95 and minus 1,094 million per cent, in which no double has a billionth left."""
    line = {"product_id": "p", "currency": "USD", "end_date": None}
    small = {"line_id": "small", "customer_id": "a", "start_date": "2023-10-31"}
    credit = {"line_id": "credit", "customer_id": "b", "start_date": "2024-02-01"}
    rows = [
        {**line, **small, "term_amount": "0.0049", "term_months": "1"},
        {**line, **credit, "term_amount": "-1800", "term_months": "0.0329"},
    ]
    run = ledger.run({"subscription_lines": rows})
    told = run.query(
        "select distinct ndr, net_retained_arr, bridge_arr"
        " from marts.rpt_bridge_to_ndr_reconciliation"
        " where segment_type = 'all' and date_month = '2024-10-01'"
    )
    net, bridge = Decimal("0.06"), Decimal("-656534.89")
    assert told == [{"ndr": 1.0, "net_retained_arr": net, "bridge_arr": bridge}]
    assert not run.failing_tests()


def test_rows_that_only_a_loader_writes_stop_nothing_and_are_findings(ledger: Ledger) -> None:
    """Hand-worked: of 12 rows 4 carry ARR: 1200 + 1200 + 600, seats added in June, and 600 of a
    line that stands there as 600 and as 900."""
    line = {
        "line_id": "base",
        "subscription_id": "s",
        "customer_id": "c",
        "product_id": "p",
        "start_date": "2024-01-01",
        "end_date": "2025-12-31",
        "term_amount": "1200",
        "term_months": "12",
        "currency": "USD",
        "charge_type": " Recurring",
    }
    rows = [
        line,
        line,
        {**line, "line_id": "copy"},
        {**line, "line_id": "seats", "start_date": "2024-06-01", "term_amount": "600"},
        {**line, "line_id": "turned", "end_date": "2023-01-01"},
        {**line, "line_id": "no start", "start_date": None},
        {**line, "line_id": "no amount", "term_amount": None},
        {**line, "line_id": "no term", "term_months": "0"},
        {**line, "line_id": "no currency", "currency": None},
        {**line, "line_id": "odd word", "charge_type": "abonnement"},
        {**line, "line_id": "two", "product_id": "q", "term_amount": "900"},
        {**line, "line_id": "two", "product_id": "q", "term_amount": "600"},
    ]
    customers = [{"customer_id": "c", "segment": "smb"}] * 2
    run = ledger.run({"subscription_lines": rows, "customers": customers})
    assert not run.failing_tests()
    arr = "select arr from marts.fct_customer_arr_monthly where date_month = ?"
    assert run.query(arr, ["2024-05-01"]) == [{"arr": Decimal("3000.00")}]
    assert run.query(arr, ["2024-06-01"]) == [{"arr": Decimal("3600.00")}]
    found = {
        (row["finding_type"], row["subject_id"], row["related_subject_id"]): row["arr"]
        for row in run.rows("rpt_ledger_findings")
    }
    year = Decimal("1200.00")
    assert found == {
        ("duplicate_line", "copy", "base"): year,
        ("overlapping_line", "seats", "base"): Decimal("600.00"),
        ("ends_before_start", "turned", None): year,
        ("no_start_date", "no start", None): year,
        ("no_amount", "no amount", None): None,
        ("no_term", "no term", None): None,
        ("no_currency", "no currency", None): None,
        ("unknown_charge_type", "odd word", None): year,
        ("contradicting_rows", "two", "subscription_lines"): Decimal("600.00"),
    }


def test_a_hundred_equal_lines_are_99_findings(ledger: Ledger) -> None:
    line = {"subscription_id": "s", "customer_id": "c", "product_id": "p", "currency": "USD"}
    line |= {"start_date": "2024-01-01", "end_date": None, "term_amount": "12"}
    line |= {"term_months": "12"}
    rows = [{**line, "line_id": f"l{number:03}"} for number in range(100)]
    run = ledger.run({"subscription_lines": rows})
    kinds = Counter(row["finding_type"] for row in run.rows("rpt_ledger_findings"))
    assert kinds == {"duplicate_line": 99}


def test_more_faulty_lines_than_the_limit_allows_stop_the_build() -> None:
    """Of 2000 a year 100 are turned round, 5 per cent; with one cent more the build stops."""
    variables = POLICIES[SHIPPED].variables() | {"unusable_arr_limit_percent": 5}
    ledger = Ledger(variables, with_tests=True)
    line = {"subscription_id": "s", "customer_id": "c", "product_id": "p", "currency": "USD"}
    line |= {"start_date": "2024-01-01", "end_date": None, "term_months": "12"}
    fine = {**line, "line_id": "fine", "term_amount": "1900"}
    for amount, failing in (("100", {}), ("100.01", {LIMIT: 1})):
        faulty = {**line, "line_id": "faulty", "term_amount": amount, "end_date": "2023-12-01"}
        run = ledger.run({"subscription_lines": [fine, faulty]})
        assert run.failing_tests() == failing


LIMIT = "assert_unusable_lines_are_worth_no_more_than_the_limit"


@pytest.mark.skipif("ARR_LEDGER_PROVE" not in os.environ, reason="minutes: part of make prove")
@pytest.mark.parametrize("name", ["as it ships", "month-end rates"])
def test_dbt_builds_random_books_as_a_loader_leaves_them(name: str, tmp_path: Path) -> None:
    """A database of raw tables that never passed our landing, billing only, built by dbt itself."""
    policy = POLICIES[name]
    books = shaped_books(name, policy, int(f"{date.today():%Y%m%d}"), "any", 300)
    database = tmp_path / "arr_ledger.duckdb"
    _load(database, merged({f"b{place}": book for place, book in enumerate(books)}))
    variables = policy.variables() | {
        "use_sample_extracts": False,
        "billing_systems": ["custom_billing"],
        "crm_systems": [],
        "health_systems": [],
    }
    subprocess.run(
        [
            *(DBT, "--quiet", "--log-path", tmp_path / "logs", "build"),
            *("--target-path", tmp_path / "target", "--vars", json.dumps(variables)),
        ],
        cwd=PROJECT,
        env={**os.environ, "ARR_LEDGER_DATABASE": str(database)},
        check=False,
    )
    results = json.loads((tmp_path / "target" / "run_results.json").read_text())["results"]
    done = {"pass", "success", "no-op"}  # an exposure is nothing to build
    assert results
    assert [each["unique_id"] for each in results if each["status"] not in done] == []


def _load(database: Path, book: dict[str, list[dict[str, Any]]]) -> None:
    """Tables with the columns that the books have, of the types a loader would give them."""
    types = {date: "date", Decimal: "decimal(28, 8)", int: "bigint", bool: "boolean"}
    with duckdb.connect(str(database)) as connection:
        connection.execute("create schema raw_custom_billing")
        for table, rows in book.items():
            values = {column: None for row in rows for column in row}
            for row in rows:
                values |= {column: value for column, value in row.items() if value is not None}
            if not values:
                continue
            typed = [
                f"{name} {types.get(type(value), 'varchar')}" for name, value in values.items()
            ]
            connection.execute(f"create table raw_custom_billing.{table} ({', '.join(typed)})")
            places = ", ".join("?" * len(values))
            connection.executemany(
                f"insert into raw_custom_billing.{table} values ({places})",
                [[row.get(column) for column in values] for row in rows],
            )

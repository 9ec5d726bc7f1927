"""Every case lands, is built with every data test, and has the ARR that is right: one database."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from collections import Counter, defaultdict
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from .cases import AS_OF, CASES, RATES, Case
from .rows import Rows
from .table import PAGE, page

PROJECT = Path(__file__).resolve().parents[3]
DBT = Path(sys.executable).parent / "dbt"
# columns that hold ids, and so get the name of the case in front
IDS = ("id", "_id", "applies_to_products")
VARIABLES = {
    "use_sample_extracts": False,
    "billing_systems": ["stripe"],
    "crm_systems": ["salesforce"],
    "health_systems": [],
    "as_of_date": AS_OF,
}


def of_case(case: Case, value: str) -> str:
    return f"{case.name}-{value}"


def prefixed(case: Case, column: str, value: object) -> object:
    """An id with the case in front; a list of products one by one."""
    if column == "applies_to_products":
        products = [part.strip(' "[]') for part in str(value).split(",")]
        joined = ",".join(of_case(case, product) for product in products)
        return json.dumps(joined.split(",")) if str(value).startswith("[") else joined
    is_id = column == "id" or column.endswith("_id")
    return of_case(case, str(value)) if is_id else value


@pytest.fixture(scope="module")
def marts(tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    """All cases as one company: landed by the command, built by dbt with every data test."""
    folder = tmp_path_factory.mktemp("real_reports")
    extracts, database = folder / "extracts", folder / "arr_ledger.duckdb"
    tables: dict[tuple[str, str], list[dict]] = defaultdict(list)
    for case in CASES:
        rows = Rows()
        case.fill(rows)
        for key, of_table in rows.tables.items():
            tables[key] += [
                {column: prefixed(case, column, value) for column, value in row.items()}
                for row in of_table
            ]
    tables["custom_billing", "fx_rates"] = [
        {"currency": currency, "month_end": "", "rate": rate} for currency, rate in RATES.items()
    ]
    for (system, table), of_table in tables.items():
        columns = list(dict.fromkeys(column for row in of_table for column in row))
        (extracts / system).mkdir(parents=True, exist_ok=True)
        with (extracts / system / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns)
            writer.writeheader()
            writer.writerows(of_table)
    environment = {**os.environ, "ARR_LEDGER_DATABASE": str(database)}
    landed = subprocess.run(
        [sys.executable, "-m", "arr_ledger.cli", "land", "--extracts", extracts],
        cwd=PROJECT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert landed.returncode == 0, landed.stderr
    built = subprocess.run(
        [
            *(DBT, "--log-path", folder / "logs", "build", "--target-path", folder / "target"),
            *("--vars", json.dumps(VARIABLES), "--exclude-resource-type", "unit_test"),
        ],
        cwd=PROJECT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert built.returncode == 0, built.stdout[-5000:]
    results = json.loads((folder / "target" / "run_results.json").read_text())["results"]
    statuses = Counter(
        result["status"] for result in results if result["unique_id"].startswith("test.")
    )
    assert statuses.keys() == {"pass"}
    return duckdb.connect(str(database), read_only=True)


def months(first: str, last: str) -> list[str]:
    """Every month from one to another, both included."""
    from_index, until_index = (int(m[:4]) * 12 + int(m[5:]) - 1 for m in (first, last))
    return [f"{n // 12}-{n % 12 + 1:02}" for n in range(from_index, until_index + 1)]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_arr_of_a_real_report_is_right(case: Case, marts: duckdb.DuckDBPyConnection) -> None:
    found: dict[str, dict[str, Decimal]] = defaultdict(dict)
    for customer, month, arr in marts.execute(
        "select customer_id, strftime(date_month, '%Y-%m'), arr"
        " from marts.fct_customer_arr_monthly where starts_with(customer_id, ?) and arr <> 0",
        [of_case(case, "")],
    ).fetchall():
        found[customer][month] = arr
    expected = {
        of_case(case, customer): {
            month: Decimal(arr) for first, last, arr in spans for month in months(first, last)
        }
        for customer, spans in case.arr.items()
    }
    assert found == expected


@pytest.mark.parametrize(
    "case", [case for case in CASES if case.movements], ids=lambda case: case.name
)
def test_nothing_else_moves_in_a_real_report(case: Case, marts: duckdb.DuckDBPyConnection) -> None:
    found = marts.execute(
        "select strftime(date_month, '%Y-%m'), movement_type, arr_change::varchar"
        " from marts.fct_arr_movements where starts_with(customer_id, ?) order by 1",
        [of_case(case, "")],
    ).fetchall()
    last_year = [movement for movement in found if movement[0] >= case.movements[0][0]]
    assert last_year == list(case.movements)


@pytest.mark.parametrize(
    "case",
    [case for case in CASES if case.has_invoices and case.reasons is not None],
    ids=lambda case: case.name,
)
def test_invoices_of_a_real_report_differ_by_no_other_reason(
    case: Case, marts: duckdb.DuckDBPyConnection
) -> None:
    found = marts.execute(
        "select distinct reason_class from marts.rpt_invoice_reconciliation"
        " where starts_with(customer_id, ?) and reason_class <> 'rounding'",
        [of_case(case, "")],
    ).fetchall()
    assert {reason for (reason,) in found} == case.reasons


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_cannot_be_known_of_a_real_report_is_a_finding(
    case: Case, marts: duckdb.DuckDBPyConnection
) -> None:
    found = marts.execute(
        "select finding_type, subject_id, arr is not null from marts.rpt_ledger_findings"
        " where starts_with(customer_id, ?)",
        [of_case(case, "")],
    ).fetchall()
    assert all(has_amount for *_, has_amount in found)
    # a case without invoices stands in a company that has them
    expected = set(case.findings)
    if not case.has_invoices:
        found = [each for each in found if each[0] != "invoices_stopped"]
    if case.reasons is None:
        found = [each for each in found if each[0] != "unexplained_invoice_difference"]
    assert {(kind, subject) for kind, subject, _ in found} == {
        (kind, of_case(case, subject)) for kind, subject in expected
    }


def test_the_page_of_real_reports_lists_every_case() -> None:
    assert PAGE.read_text(encoding="utf-8") == page()

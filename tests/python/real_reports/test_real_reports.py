"""Every case lands, is built with every data test, and has the ARR that is right: one database."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

import duckdb
import pytest

from .cases import CASES, Case
from .company import build, months, of_case
from .table import PAGE, page


@pytest.fixture(scope="module")
def marts(tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    return build(tmp_path_factory.mktemp("real_reports"), CASES)


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

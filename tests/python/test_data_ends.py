"""A book that falls off at its last invoice is a finding; a company that lives is none."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from ledger_harness import Ledger

from arr_ledger.landing import land

PAGE = Path(__file__).resolve().parents[2] / "docs" / "how_to" / "turn_invoices_into_lines.md"
VARIABLES = {"as_of_date": "2025-06-30"}
WANTED = ["rpt_ledger_findings", "fct_customer_arr_monthly"]

Lines = list[dict[str, Any]]


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    return Ledger(VARIABLES, only=WANTED)


def line(customer: str, start: str, end: str | None, amount: int, months: int = 12) -> dict:
    return {
        "line_id": f"{customer}/{start}",
        "customer_id": customer,
        "product_id": "P",
        "start_date": start,
        "end_date": end,
        "term_amount": amount,
        "term_months": months,
        "currency": "USD",
    }


def first_of(number: int) -> str:
    """The first day of the month so many months after January 2024."""
    return f"{2024 + number // 12}-{number % 12 + 1:02}-01"


def monthly(customer: str, first: int, until: int, amount: int = 100) -> Iterator[dict]:
    for number in range(first, until):
        yield line(customer, first_of(number), first_of(number + 1), amount, 1)


def yearly(customer: str, first: int, years: int) -> Iterator[dict]:
    for number in range(first, first + 12 * years, 12):
        yield line(customer, first_of(number), first_of(number + 12), 1200)


def monthly_invoices_that_end() -> Lines:
    """Ten customers, invoiced each month until April 2025 and no more."""
    return [each for n in range(10) for each in monthly(f"C{n}", 0, 16)]


def yearly_invoices_that_end() -> Lines:
    """Two customers begin in each month of 2024; the last invoice is of March 2025."""
    return [
        each
        for n in range(24)
        for each in yearly(f"C{n:02}", n // 2, 2 if n // 2 <= 2 else 1)
        if each["start_date"] <= "2025-03-01"
    ]


def a_growing_company() -> Lines:
    return [each for n in range(18) for each in monthly(f"C{n}", n, 30)]


def yearly_contracts_of_one_day() -> Lines:
    """All begin on 1 January; two leave in the middle of the year."""
    left = [line(f"L{n}", "2025-01-01", "2025-05-01", 400, 4) for n in range(2)]
    return [*(each for n in range(5) for each in yearly(f"C{n}", 0, 2)), *left]


def one_customer_who_leaves() -> Lines:
    stayed = [line(f"C{n}", first_of(n), None, 1200) for n in range(12)]
    return [*stayed, line("L", "2024-05-01", "2025-05-01", 1200)]


def open_contracts() -> Lines:
    return [line(f"C{n}", "2024-01-01", None, 1200) for n in range(5)]


@pytest.mark.parametrize(
    ("book", "found"),
    [
        (monthly_invoices_that_end, [("2025-04-01", Decimal(12000))]),
        (yearly_invoices_that_end, [("2025-03-01", Decimal(7200))]),
        (a_growing_company, []),
        (yearly_contracts_of_one_day, []),
        (one_customer_who_leaves, []),
        (open_contracts, []),
    ],
)
def test_a_book_that_ends_is_found_and_a_company_that_lives_is_not(
    ledger: Ledger, book: Callable[[], Lines], found: list[tuple]
) -> None:
    run = ledger.run({"subscription_lines": book()})
    ends = run.rows("rpt_ledger_findings", finding_type="data_ends")
    assert [(row["subject_id"], row["arr"]) for row in ends] == found
    assert all(row["source_system"] == "custom_billing" for row in ends)
    assert all(row["date_month"] == date(2025, 6, 1) for row in ends)


def test_the_recipe_of_the_page_gives_the_figures_of_the_page(
    ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = PAGE.read_text(encoding="utf-8")
    (invoices,) = re.findall(r"```csv\n(.*?)```", text, flags=re.DOTALL)
    (mapping,) = re.findall(r"```sql\n(.*?)```", text, flags=re.DOTALL)
    shown = re.findall(r"^\| (\d{4}-\d{2}) \| ([\d,.]+) \|", text, flags=re.MULTILINE)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "invoices.csv").write_text(invoices)
    (tmp_path / "extracts" / "custom_billing").mkdir(parents=True)
    with duckdb.connect() as connection:
        connection.execute(mapping)
    landing = land(Path("extracts"), Path("x.duckdb"), date(2025, 6, 30))
    assert landing.rows_put_aside == 0
    with duckdb.connect("x.duckdb", read_only=True) as connection:
        found = connection.execute(
            "select * exclude (_load_id) from raw_custom_billing.subscription_lines"
        )
        names = [column[0] for column in found.description]
        lines = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    run = ledger.run({"subscription_lines": lines})
    by_month = run.query(
        "select strftime(date_month, '%Y-%m') as month, sum(arr) as arr"
        " from marts.fct_customer_arr_monthly where date_month >= date '2024-12-01'"
        " group by all order by all"
    )
    assert [(row["month"], f"{row['arr']:,.2f}") for row in by_month] == shown
    assert run.rows("rpt_ledger_findings", finding_type="data_ends") == []

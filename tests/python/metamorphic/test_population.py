"""Statements 16 and 27: a customer brings its own rows, and totals move by exactly those."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import Any

from ledger_harness import Ledger

from metamorphic import changes
from metamorphic.books import Book
from metamorphic.outcomes import Row, Tables, assert_same, only, tables, without_set_keys

# totals whose columns are all sums over customers, and their grain
SUMS = {
    "rpt_arr_bridge_monthly": ("date_month", "segment_type", "segment_value"),
    "rpt_ndr_grr_monthly": ("date_month", "window_months", "segment_type", "segment_value"),
    "rpt_cohort_retention_monthly": (
        "cohort_month",
        "age_months",
        "segment_type",
        "segment_value",
    ),
}
OF_CUSTOMERS = (
    "fct_arr_movements",
    "fct_arr_movement_drivers",
    "fct_customer_arr_spans",
    "fct_customer_arr_monthly",
)
MONTHLY = "fct_customer_arr_monthly"
NEWCOMER = "newcomer"


def newcomer(book: Book) -> Book:
    """One customer more: the lines of several of the book, as if one had signed them all."""
    lines = [
        {**line, "customer_id": NEWCOMER, "line_id": f"{NEWCOMER}/{line['line_id']}"}
        for line in changes.without_links(book)["subscription_lines"][::9]
    ]
    customers = [{"customer_id": NEWCOMER, "segment": "enterprise"}]
    shared = {table: book.get(table, []) for table in ("products", "fx_rates")}
    return {**shared, "customers": customers, "subscription_lines": lines}


def test_27_adding_a_customer_changes_its_own_rows_and_totals_by_exactly_those(
    ledger: Ledger, book: Book, before: Tables
) -> None:
    names = (*SUMS, *OF_CUSTOMERS)
    was = without_set_keys(before)
    alone = without_set_keys(tables(ledger.run(newcomer(book)), names))
    joined = changes.joined(book, newcomer(book))
    together = without_set_keys(tables(ledger.run(joined), names))
    for name in OF_CUSTOMERS:
        assert alone[name], name
        assert_same({name: was[name] + alone[name]}, {name: together[name]})
    for name, grain in SUMS.items():
        expected = summed(was[name] + alone[name], grain)
        found = summed(together[name], grain)
        assert expected == found, name


def test_27_deleting_the_customer_gives_the_old_result_back(
    ledger: Ledger, book: Book, before: Tables
) -> None:
    names = (*SUMS, *OF_CUSTOMERS)
    together = changes.joined(book, newcomer(book))
    ledger.run(together)
    deleted = {
        table: [row for row in rows if row.get("customer_id") != NEWCOMER]
        for table, rows in together.items()
    }
    assert_same(before, tables(ledger.run(deleted), names))


def test_16_adding_a_customer_outside_the_base_leaves_ndr_and_grr_unchanged(
    ledger: Ledger, book: Book, before: Tables
) -> None:
    months, rates = "date_month", "rpt_ndr_grr_monthly"
    before = {rates: before[rates]}
    month = max(row[months] for row in before[rates])
    signed = month.replace(month=1)
    lines = [
        {**line, "start_date": signed, "end_date": None}
        for line in newcomer(book)["subscription_lines"]
    ]
    together = changes.joined(book, changes.with_lines(newcomer(book), lines))
    after = tables(ledger.run(together), [rates])

    def year(row: Row) -> bool:
        is_all = row["segment_type"] == "all"
        return is_all and row["window_months"] == 12 and row[months].year == month.year

    last = only(before, year)
    assert last[rates][0]["base_arr"] > 0
    assert_same(last, only(after, year))


def test_16_without_the_customer_that_grew_most_ndr_is_at_most_the_largest_growth_left(
    ledger: Ledger, book: Book
) -> None:
    book = changes.without_merges(changes.without_links(book))
    growth, _ = growth_and_ndr(ledger, book)
    for _ in range(3):
        most = max(growth, key=lambda customer: (growth[customer], customer))
        lines = [line for line in book["subscription_lines"] if line["customer_id"] != most]
        book = changes.with_lines(book, lines)
        left, ndr = growth_and_ndr(ledger, book)
        assert left == {customer: rate for customer, rate in growth.items() if customer != most}
        assert min(left.values()) <= ndr <= max(left.values())
        growth = left


def growth_and_ndr(ledger: Ledger, book: Book) -> tuple[dict[str, float], float]:
    """What each customer of the base has become in the last year, and NDR of the same year."""
    run = ledger.run(book)
    rate = max(
        run.rows("rpt_ndr_grr_monthly", window_months=12, segment_type="all"),
        key=lambda row: row["date_month"],
    )
    month = rate["date_month"]
    now, then = (
        {row["customer_id"]: row["arr"] for row in run.rows(MONTHLY, date_month=each)}
        for each in (month, month.replace(year=month.year - 1))
    )
    base = {customer: arr for customer, arr in then.items() if arr > 0}
    return {customer: float(now[customer] / arr) for customer, arr in base.items()}, rate["ndr"]


def summed(rows: list[Row], grain: tuple[str, ...]) -> dict[tuple, dict[str, Any]]:
    """Amounts and counts by grain; a row of nothing but zeros is none."""
    sums: dict[tuple, dict[str, Any]] = defaultdict(lambda: defaultdict(int))
    for row in rows:
        for column, value in row.items():
            is_count = column.endswith("_customers")
            if column not in grain and (isinstance(value, Decimal) or is_count):
                sums[tuple(row[each] for each in grain)][column] += value or 0
    return {key: dict(values) for key, values in sums.items() if any(values.values())}

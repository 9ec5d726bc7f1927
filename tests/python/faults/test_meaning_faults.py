"""Rows that land and mean something odd: one book of all of them, and what becomes of each."""

from __future__ import annotations

from decimal import Decimal

import pytest
from ledger_harness import Ledger
from ledger_harness.ledger import LedgerRun
from metamorphic.books import AS_OF

VARIABLES = {
    "as_of_date": str(AS_OF),
    "retention_windows": [1, 12],
    "segment_columns": ["segment", "region"],
}
# customer, first day, day after the last, amount a year
LINES = [
    ("churns", "2024-01-31", "2024-03-15", 1200),
    ("orphan", "2024-01-01", None, 500),
    (None, "2024-01-01", None, 70),
    ("later", "2031-01-01", None, 900),
    ("free then paid", "2024-01-01", "2024-06-01", 0),
    ("free then paid", "2024-06-01", None, 600),
    ("born on a leap day", "2024-02-29", "2025-02-28", 240),
    ("born on a leap day", "2025-02-28", None, 240),
    ("no length", "2024-05-01", "2024-05-01", 800),
    *((f"huge {n}", "2024-01-01", None, 12_000_000_000) for n in range(100)),
]
BOOK = {
    "customers": [
        {"customer_id": name, "segment": "big"}
        for name in dict.fromkeys(line[0] for line in LINES)
        if name not in (None, "orphan")
    ],
    "subscription_lines": [
        {
            "line_id": str(number),
            "customer_id": customer,
            "product_id": "P",
            "start_date": start,
            "end_date": end,
            "term_amount": amount,
            "term_months": 12,
            "currency": "USD",
        }
        for number, (customer, start, end, amount) in enumerate(LINES)
    ],
}


@pytest.fixture(scope="module")
def run() -> LedgerRun:
    return Ledger(VARIABLES).run(BOOK)


def movements(run: LedgerRun, customer: str) -> list[tuple]:
    rows = run.query(
        "select strftime(date_month, '%Y-%m') as month, movement_type, arr_change"
        " from marts.fct_arr_movements where customer_id = ? order by date_month",
        [customer],
    )
    return [tuple(row.values()) for row in rows]


def test_29_a_line_without_a_customer_is_counted_under_one_called_unknown(run: LedgerRun) -> None:
    assert movements(run, "unknown") == [("2024-01", "new", 70)]


def test_32_a_line_of_no_length_counts_nothing(run: LedgerRun) -> None:
    assert movements(run, "no length") == []


def test_35_what_begins_in_the_future_is_no_arr_yet(run: LedgerRun) -> None:
    assert movements(run, "later") == []


def test_44_a_customer_that_no_customer_table_knows_is_counted_without_a_segment(
    run: LedgerRun,
) -> None:
    assert movements(run, "orphan") == [("2024-01", "new", 500)]
    assert [row["segment"] for row in run.rows("dim_customers", customer_id="orphan")] == [
        "unknown"
    ]


def test_50_what_was_free_is_new_when_it_is_paid_for(run: LedgerRun) -> None:
    assert movements(run, "free then paid") == [("2024-06", "new", 600)]


def test_54_a_customer_that_churned_has_zero_and_no_amount_of_money_is_null(run: LedgerRun) -> None:
    assert movements(run, "churns") == [("2024-01", "new", 1200), ("2024-03", "churn", -1200)]
    looked = 0
    for mart in ("fct_arr_movements", "fct_customer_arr_spans", "rpt_arr_bridge_monthly"):
        rows = run.rows(mart)
        money = [name for name in rows[0] if name.endswith("arr") or name == "arr_change"]
        assert money
        looked += len(rows) * len(money)
        assert [row for row in rows if any(row[name] is None for name in money)] == []
    assert looked > 1000


def test_58_a_year_that_begins_on_a_leap_day_renews_without_a_gap(run: LedgerRun) -> None:
    assert movements(run, "born on a leap day") == [("2024-02", "new", 240)]


def test_66_a_hundred_times_twelve_milliards_are_summed_to_the_cent(run: LedgerRun) -> None:
    (row,) = run.rows("rpt_arr_bridge_monthly", segment_type="all", date_month="2025-06-01")
    assert row["ending_arr"] == Decimal("1200000001410.00")

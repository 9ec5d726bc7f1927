"""Statement 33 and the hierarchy: another mode over the same book agrees where it has to."""

from __future__ import annotations

from decimal import Decimal

from ledger_harness import Ledger

from metamorphic import changes
from metamorphic.books import Book
from metamorphic.conftest import VARIABLES
from metamorphic.outcomes import Tables, about_money, assert_same, tables

BRIDGE = "rpt_arr_bridge_monthly"


def test_33_month_end_rates_that_never_move_give_the_ledger_of_the_plan_rate(
    ledger: Ledger, book: Book, before: Tables
) -> None:
    plan = {
        row["currency"]: Decimal(row["rate"]) for row in book["fx_rates"] if not row["month_end"]
    }
    still = changes.with_month_end_rates(book, lambda currency, month: plan[currency])
    by_month_end = Ledger({**VARIABLES, "fx_mode": "month_end_rate"})
    assert_same(before, tables(by_month_end.run(still), about_money(ledger, before)))


def test_on_whose_account_a_line_stood_changes_no_total(book: Book, before: Tables) -> None:
    run = Ledger({**VARIABLES, "hierarchy_mode": "as_was"}).run(book)
    as_was = run.rows(BRIDGE, segment_type="all")
    today = [row for row in before[BRIDGE] if row["segment_type"] == "all"]
    assert balances(as_was) == balances(today)
    assert not any(row["transfer_arr"] for row in as_was)
    moved = [row for row in run.rows("fct_arr_movements") if row["movement_type"] == "transfer"]
    assert moved
    assert sum(row["arr_change"] for row in moved) == 0


def balances(rows: list[dict]) -> dict:
    """Closing ARR by month."""
    assert rows
    return {row["date_month"]: row["ending_arr"] for row in rows}

"""Statements 24 and 33: the unit of money decides no rate, and a plan rate never moves ARR."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from decimal import Decimal

import pytest
from ledger_harness import Ledger

from metamorphic import changes
from metamorphic.books import Book
from metamorphic.outcomes import Row, Tables, about_money, assert_same, marts, tables

# seats are cut off to the cent, so seats and the rest of a product scale only together
CUT_TO_CENTS = "fct_arr_movement_drivers"
# what a product might bring is rounded to the cent where it is estimated, and ranked by that
ESTIMATES = ("rpt_whitespace",)


@pytest.mark.parametrize("factor", [7])
def test_24_scaling_amounts_by_k_scales_money_and_leaves_rates_and_counts(
    ledger: Ledger, book: Book, factor: int
) -> None:
    whole = changes.in_whole_units(book)
    of_whole = money(ledger, whole)
    assert_same(of_whole, money(ledger, changes.scaled(whole, factor)), times(factor))


def test_33_converting_at_a_constant_rate_scales_money_and_leaves_rates(
    ledger: Ledger, book: Book
) -> None:
    own = money(ledger, changes.in_currency(book, "USD", Decimal(1)))
    converted = money(ledger, changes.in_currency(book, "CHF", Decimal(3)))
    tripled = times(3)

    def in_francs(table: str, row: Row) -> Row:
        after = tripled(table, row)
        if table == "rpt_arr_bridge_by_currency_monthly":
            in_currency = {"ending_arr_in_currency": row["ending_arr_in_currency"]}
            after = {**after, **in_currency, "currency": "CHF"}
        return after

    assert_same(own, converted, in_francs)


def test_33_at_changing_rates_movements_at_the_plan_rate_contain_no_currency(
    ledger: Ledger, book: Book, before: Tables
) -> None:
    moving = changes.with_month_end_rates(
        book, lambda currency, month: Decimal(100 + month * len(currency)) / 100
    )
    assert len(moving["fx_rates"]) > len(book["fx_rates"])
    after = tables(ledger.run(moving), marts(ledger))
    assert_same(before, after)
    assert not any(row["fx_arr"] for row in after["rpt_arr_bridge_monthly"])


def money(ledger: Ledger, book: Book) -> Tables:
    """The marts about money; of drivers what is not cut to cents, and the sum of each product."""
    found = tables(ledger.run(book), marts(ledger))
    found = {name: found[name] for name in about_money(ledger, found) if name not in ESTIMATES}
    drivers = found.pop(CUT_TO_CENTS)
    sums: dict[tuple, Decimal] = defaultdict(Decimal)
    for row in drivers:
        whole = row["driver"] not in ("seats", "price", "tier")
        driver = row["driver"] if whole else "seats, price and tier"
        sums[row["customer_id"], row["product_id"], row["date_month"], driver] += row["arr_change"]
    found[CUT_TO_CENTS] = [
        {"of": key, "arr_change": change} for key, change in sums.items() if change
    ]
    # doubles that follow from amounts which are compared: MRR and what a customer is worth
    return {
        name: [
            {
                column: value
                for column, value in row.items()
                if not (isinstance(value, float) and ("mrr" in column or "_per_" in column))
            }
            for row in rows
        ]
        for name, rows in found.items()
    }


def times(factor: int) -> Callable[[str, Row], Row]:
    """What becomes of a row: every amount of money so many times as large."""
    return lambda table, row: {
        column: value * factor if isinstance(value, Decimal) else value
        for column, value in row.items()
    }

"""Statements 30, 35 and 36: figures move with the calendar, and the past does not know later."""

from __future__ import annotations

import datetime

from ledger_harness import Ledger

from metamorphic import changes
from metamorphic.books import AS_OF, EARLIER, Book, add_months
from metamorphic.conftest import VARIABLES
from metamorphic.outcomes import (
    Row,
    Tables,
    about_money,
    all_models,
    assert_same,
    tables,
    without_grace,
    without_terms,
)

WINDOW = max(VARIABLES["retention_windows"])


# a trailing average of twelve rates looks twice as far back
REACH = {"rpt_ndr_variants_monthly": 2 * WINDOW}
MONTHS = 14
# calendar quarters and years of cohorts do not shift by months
PERIODS = ("rpt_cohort_retention_by_period", "rpt_lifetime_value_by_cohort_year")


def test_30_shifting_all_days_by_n_months_shifts_results_by_n(
    strict_ledger: Ledger, earlier_ledger: Ledger, book: Book
) -> None:
    assert add_months(EARLIER, MONTHS).replace(day=31) == AS_OF
    book = changes.on_first_days(book)
    of_earlier = tables(earlier_ledger.run(book), all_models(earlier_ledger))
    names = without_grace(about_money(earlier_ledger, of_earlier))
    names = [name for name in names if name not in PERIODS]
    later = strict_ledger.run(changes.moved_by_months(book, MONTHS))

    def shift(table: str, row: Row) -> Row:
        moved = {
            column: add_months(value, MONTHS) if isinstance(value, datetime.date) else value
            for column, value in row.items()
        }
        if moved.get("lag_days") is not None:  # months differ in length
            moved["lag_days"] = (moved["renewal_date"] - moved["term_end_date"]).days
        return moved

    assert_same(of_earlier, tables(later, names), shift)


def test_35_a_late_line_changes_only_months_from_its_own_and_retention_a_window_longer(
    ledger: Ledger, book: Book, before: Tables
) -> None:
    names = [name for name in about_money(ledger, before) if not name.startswith("dim_")]
    customer, start = a_customer_and_a_month(before["fct_customer_arr_spans"])
    end = add_months(start, 5)
    late = {
        **book["subscription_lines"][0],
        "line_id": "late",
        "subscription_id": "late",
        "customer_id": customer,
        "product_id": "a product of its own",
        "start_date": start,
        "end_date": end,
        "term_amount": 1200,
        "term_months": 1,
        "charge_type": None,
        "supersedes_line_id": None,
        "notice_date": start,
    }
    changed = changes.with_lines(book, [*book["subscription_lines"], late])
    after = tables(ledger.run(changed), names)
    for name in names:
        months = months_that_differ(before[name], after[name])
        reach = REACH.get(name, WINDOW)
        assert not months or start <= min(months) <= max(months) <= add_months(end, reach), name
    bridge = months_that_differ(before["rpt_arr_bridge_monthly"], after["rpt_arr_bridge_monthly"])
    assert (min(bridge), max(bridge)) == (start, end)


def test_36_what_lies_after_the_day_of_a_release_changes_nothing_in_it(
    earlier_ledger: Ledger, book: Book
) -> None:
    # with grace days, a renewal signed for a later day says today whether it will be in time
    of_all = tables(earlier_ledger.run(book), all_models(earlier_ledger))
    known = changes.cut_to_what_is_known(book, EARLIER)
    assert len(known["subscription_lines"]) < len(book["subscription_lines"])
    names = without_grace(about_money(earlier_ledger, of_all))
    # what is signed for later comes up later, and a term says today when it ends
    names = [name for name in without_terms(names) if not name.startswith("dim_")]
    assert_same(of_all, tables(earlier_ledger.run(known), names))


def a_customer_and_a_month(spans: list[Row]) -> tuple[str, datetime.date]:
    """Somebody who holds something all the time, and a month well inside."""
    longest = max(
        (row for row in spans if row["arr"] > 0),
        key=lambda row: ((row["until_month"] or AS_OF) - row["from_month"], row["customer_id"]),
    )
    return longest["customer_id"], add_months(longest["from_month"], 2)


def month_of(row: Row) -> datetime.date | None:
    """The calendar month that a row is about; none where it is about more than one."""
    if "cohort_month" in row:
        return add_months(row["cohort_month"], row["age_months"])
    return row.get("date_month")


def months_that_differ(before: list[Row], after: list[Row]) -> set[datetime.date]:
    old, new = ({tuple(row.items()) for row in rows} for rows in (before, after))
    return {month for row in old ^ new if (month := month_of(dict(row)))}

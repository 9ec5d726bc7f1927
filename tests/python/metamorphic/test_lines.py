"""Statements 25, 26, 29 and 31: how a stretch of service is cut into lines decides no figure."""

from __future__ import annotations

from ledger_harness import Ledger

from metamorphic import changes
from metamorphic.books import Book
from metamorphic.outcomes import (
    Tables,
    about_money,
    all_models,
    assert_same,
    tables,
    without_grace,
    without_terms,
)


def test_25_splitting_lines_at_any_day_changes_nothing(
    ledger: Ledger, book: Book, before: Tables
) -> None:
    for seed in range(2):
        pieces = changes.split_lines(book, seed)
        assert len(pieces["subscription_lines"]) > 1.2 * len(book["subscription_lines"])
        assert_same(before, tables(ledger.run(pieces), names(ledger, before)))


def test_26_merging_back_to_back_equal_lines_changes_nothing(ledger: Ledger, book: Book) -> None:
    pieces = changes.split_lines(changes.split_lines(book, seed=11), seed=12)
    merged = changes.merged_lines(pieces)
    assert len(pieces["subscription_lines"]) > 1.2 * len(merged["subscription_lines"])
    of_pieces = tables(ledger.run(pieces), all_models(ledger))
    assert_same(of_pieces, tables(ledger.run(merged), names(ledger, of_pieces)))


def names(ledger: Ledger, found: Tables) -> list[str]:
    """A step, and the tier that a product moves to, are told by the lines that begin and end."""
    names = without_terms(about_money(ledger, found))
    return [name for name in names if name != "fct_arr_movement_drivers"]


def test_29_dead_lines_change_no_money(ledger: Ledger, book: Book, before: Tables) -> None:
    dead = changes.dead_lines(book)
    run = ledger.run(changes.with_lines(book, book["subscription_lines"] + dead))
    marts = [name for name in about_money(ledger, before) if not name.startswith("dim_")]
    assert_same(before, tables(run, marts))
    nobody = [row for row in run.rows("dim_customers") if row["customer_id"][:7] == "nobody/"]
    assert not any(row["current_arr"] for row in nobody)


def test_31_moving_a_start_inside_its_month_changes_nothing(
    strict_ledger: Ledger, book: Book
) -> None:
    # with grace days a day decides whether a renewal is late, and in a subscription who holds it
    alone = changes.without_links(book)
    of_alone = tables(strict_ledger.run(alone), all_models(strict_ledger))
    moved = changes.starts_inside_their_months(alone, seed=5)
    assert moved != alone
    marts = without_terms(without_grace(about_money(strict_ledger, of_alone)))
    assert_same(of_alone, tables(strict_ledger.run(moved), marts))

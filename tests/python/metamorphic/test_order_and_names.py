"""Statements 22, 23 and 28: neither the order of rows and columns nor names decide a figure."""

from __future__ import annotations

from collections.abc import Callable

from ledger_harness import Ledger

from metamorphic import changes
from metamorphic.books import Book
from metamorphic.conftest import VARIABLES
from metamorphic.outcomes import (
    Row,
    Tables,
    about_money,
    all_models,
    assert_same,
    marts,
    tables,
)


def test_22_permuting_rows_changes_nothing_row_for_row(
    ledger: Ledger, book: Book, before: Tables
) -> None:
    assert_same(before, tables(ledger.run(changes.shuffled(book, seed=7)), all_models(ledger)))


def test_22_permuting_columns_changes_nothing_row_for_row(book: Book, before: Tables) -> None:
    turned = Ledger(VARIABLES)
    for raw in turned.project.relations:
        if raw.kind == "source":
            backwards = ", ".join(f'"{name}"' for name in reversed(raw.columns))
            table = f"{raw.schema}.{raw.name}"
            turned.connection.execute(
                f"create or replace table {table} as select {backwards} from {table}"
            )
    assert_same(before, tables(turned.run(book), all_models(turned)))


def test_23_running_again_gives_the_same_rows_also_after_another_book(
    ledger: Ledger, book: Book, before: Tables
) -> None:
    ledger.run(changes.scaled(book, 3))
    assert_same(before, tables(ledger.run(book), all_models(ledger)))
    assert_same(before, tables(ledger.run(book), all_models(ledger)))


def test_28_renaming_ids_renames_rows_only(ledger: Ledger, book: Book, before: Tables) -> None:
    def name_of(name: str) -> str:
        return f"new {name}"

    after = tables(ledger.run(changes.renamed(book, name_of)), marts(ledger))
    assert_same(before, after, renaming(book, name_of))


def test_28_names_that_sort_the_other_way_round_change_no_money(
    ledger: Ledger, book: Book, before: Tables
) -> None:
    run = ledger.run(changes.renamed(book, changes.reversed_name))
    after = tables(run, about_money(ledger, before))
    assert_same(before, after, renaming(book, changes.reversed_name))


def renaming(book: Book, name_of: Callable[[str], str]) -> Callable[[str, Row], Row]:
    """What a row becomes: every value that is an id of the book by its other name."""
    ids = {
        row[column]
        for table, columns in changes.ID_COLUMNS.items()
        for row in book.get(table, [])
        for column in columns
        if row.get(column)
    }
    return lambda table, row: {
        column: name_of(value) if value in ids else value for column, value in row.items()
    }

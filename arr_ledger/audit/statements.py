"""What a reader may state about a table, each statement an expectation in plain words.

A statement reads columns, or SQL over them, into a data frame. Money is read as a whole number of
cents, so that a comparison is exact.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import duckdb
import great_expectations.expectations as gxe
from great_expectations.expectations.expectation import Expectation


@dataclass(frozen=True)
class Statement:
    """An expectation, the columns it is about, and what it reads: name in the frame to SQL."""

    about: tuple[str, ...]
    reads: dict[str, str]
    expectation: Expectation


@dataclass(frozen=True)
class Table:
    """A table to be audited; the keys name a row in an example.

    source is the table, or a query in brackets where a statement needs more than one table.
    """

    name: str
    keys: tuple[str, ...]
    statements: tuple[Statement, ...]
    source: str | Callable[[duckdb.DuckDBPyConnection], str] | None = None

    def query(self, connection: duckdb.DuckDBPyConnection) -> str:
        """The select that gives the data frame."""
        source = self.source(connection) if callable(self.source) else self.source or self.name
        reads = {key: f'"{key}"' for key in self.keys}
        for statement in self.statements:
            reads |= statement.reads
        columns = ", ".join(f'{sql} as "{name}"' for name, sql in reads.items())
        return f"select {columns} from {source} as audited"


def has_rows(words: str = "The table has at least one row.") -> Statement:
    """The table is not empty."""
    expectation = gxe.ExpectTableRowCountToBeBetween(min_value=1, **_said(words, "*"))
    return Statement((), {}, expectation)


def has_one_row(words: str) -> Statement:
    """The table has exactly one row."""
    expectation = gxe.ExpectTableRowCountToEqual(value=1, **_said(words, "*"))
    return Statement((), {}, expectation)


def one_row_per(*columns: str) -> Statement:
    """The columns are a key of the table."""
    words = f"There is one row per {', '.join(columns)}."
    said = _said(words, ", ".join(columns))
    expectation: Expectation
    if len(columns) == 1:
        expectation = gxe.ExpectColumnValuesToBeUnique(column=columns[0], **said)
    else:
        expectation = gxe.ExpectCompoundColumnsToBeUnique(column_list=list(columns), **said)
    return Statement(columns, _plain(*columns), expectation)


def filled(column: str, least: float = 1.0, words: str | None = None) -> Statement:
    """The column has a value, in at least this share of the rows."""
    said = _said(words or f"Every row has a {column}.", column)
    expectation = gxe.ExpectColumnValuesToNotBeNull(column=column, mostly=least, **said)
    return Statement((column,), _plain(column), expectation)


def like(column: str, pattern: str, words: str) -> Statement:
    """Every value matches the pattern as a whole."""
    expectation = gxe.ExpectColumnValuesToMatchRegex(
        column=column, regex=f"^(?:{pattern})$", **_said(words, column)
    )
    return Statement((column,), _plain(column), expectation)


def unlike(column: str, pattern: str, words: str) -> Statement:
    """No value has the pattern in it."""
    expectation = gxe.ExpectColumnValuesToNotMatchRegex(
        column=column, regex=pattern, **_said(words, column)
    )
    return Statement((column,), _plain(column), expectation)


def one_of(column: str, values: tuple[str, ...], words: str) -> Statement:
    """Every value is one of these."""
    expectation = gxe.ExpectColumnValuesToBeInSet(
        column=column, value_set=list(values), **_said(words, column)
    )
    return Statement((column,), _plain(column), expectation)


def between(
    column: str,
    words: str,
    low: float | None = None,
    high: float | None = None,
    named: str | None = None,
    sql: str | None = None,
    is_above_low: bool = False,
) -> Statement:
    """A number of the column, or of SQL over it by a name, within its bounds.

    Both bounds are allowed themselves, unless is_above_low.
    """
    name = named or column
    expectation = gxe.ExpectColumnValuesToBeBetween(
        column=name,
        min_value=low,
        max_value=high,
        strict_min=is_above_low,
        **_said(words, column),
    )
    return Statement((column,), {name: sql or f'"{column}"'}, expectation)


def zero(column: str, named: str, sql: str, words: str) -> Statement:
    """A whole number that has to be 0 in every row, such as cents that are left over."""
    return between(column, words, 0, 0, named, f"coalesce({sql}, 999999999)")


def reaches(column: str, highest: float, named: str, sql: str, words: str) -> Statement:
    """The highest value of the column is this one."""
    expectation = gxe.ExpectColumnMaxToBeBetween(
        column=named, min_value=highest, max_value=highest, **_said(words, column)
    )
    return Statement((column,), {named: sql}, expectation)


def sensible_year(column: str, is_open_ended: bool = False) -> Statement:
    """A day in a year that a contract may have; 9999 stands for an end that never comes."""
    year = f'year("{column}")'
    sql = f"case when {year} = 9999 then null else {year} end" if is_open_ended else year
    open_end = ", or 9999 for no end" if is_open_ended else ""
    words = f"The year of {column} is between 1990 and 2100{open_end}."
    return between(column, words, 1990, 2100, f"year of {column}", sql)


def currency_code(column: str) -> Statement:
    """Three letters; which of them have a rate, the build decides."""
    return like(column, "[A-Za-z]{3}", f"{column} is a currency code of three letters.")


def not_before(later: str, earlier: str, words: str) -> Statement:
    """One day is not before another, where both are known."""
    named = f"days from {earlier} to {later}"
    sql = f'date_diff(\'day\', "{earlier}", "{later}")'
    statement = between(later, words, 0, None, named, sql)
    return Statement((later, earlier), statement.reads, statement.expectation)


def cents(sql: str) -> str:
    """Money as a whole number of cents, which a data frame holds exactly."""
    return f"cast(({sql}) * 100 as bigint)"


def _plain(*columns: str) -> dict[str, str]:
    return {column: f'"{column}"' for column in columns}


def _said(words: str, column: str) -> dict[str, Any]:
    """Data Docs show the description; a refusal reads the column off meta."""
    return {"description": words, "meta": {"column": column}}

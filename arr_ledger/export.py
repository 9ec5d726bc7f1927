"""Served marts as CSV for spreadsheets, in which no cell is a formula.

A text that begins with = is run by a spreadsheet when the file is opened, and customers choose
their own names. Such cells get an apostrophe in front; the marts themselves keep what landed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from arr_ledger.marts_file import MARTS, marts_of, published_columns
from arr_ledger.problems import did_you_mean
from arr_ledger.refresh.folders import Folders, is_of_releases
from arr_ledger.refresh.problems import RefreshRefusedError
from arr_ledger.sql import literal

# as listed by OWASP under CSV injection, with the full-width forms
BEGINS_A_FORMULA = "^[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]"
KINDS_OF_MARTS = ("dim_", "fct_", "rpt_")
NEVER_TEXT = ("DECIMAL", "DOUBLE", "BIGINT", "INTEGER", "BOOLEAN", "DATE", "TIMESTAMP")


@dataclass(frozen=True)
class ExportedMart:
    """One file: its rows, and how many of its cells got an apostrophe."""

    name: str
    rows: int
    neutralised: int


def export(out: Path, to: Path, names: tuple[str, ...] = ()) -> list[ExportedMart]:
    """The marts that a folder serves, as ``export_file`` writes them."""
    return export_file(Folders(out).served, to, names)


def export_file(database: Path, to: Path, names: tuple[str, ...] = ()) -> list[ExportedMart]:
    """Writes <to>/<mart>.csv of the marts named, or of all; a release gives files of one release.

    RefreshRefusedError: there is no database, no such mart, or a file cannot be written.
    """
    if not database.is_file():
        raise RefreshRefusedError(
            f"{database}: there is no such file; name the folder that `arr-ledger refresh --out`"
            " was given with --out, or a database that was built with --database."
        )
    if is_of_releases(to):
        raise RefreshRefusedError(
            f"--to {to}: belongs to the releases, which stay as they are; name another folder."
        )
    with marts_of(database, RefreshRefusedError) as connection:
        marts = published_columns(connection)
        if not marts:
            raise RefreshRefusedError(f"{database}: holds no marts; build them first (make build).")
        unknown = [name for name in names if name not in marts]
        if unknown:
            meant = did_you_mean(unknown[0].removeprefix("marts."), marts)
            raise RefreshRefusedError(
                f"--mart {unknown[0]}: {database} has no such mart; {meant}it has"
                f" {', '.join(marts)}."
            )
        try:
            to.mkdir(parents=True, exist_ok=True)
            return [
                _written(connection, name, marts[name], to)
                for name in dict.fromkeys(names or marts)
            ]
        except (OSError, duckdb.IOException) as error:
            raise RefreshRefusedError(
                f"--to {to}: a file could not be written: {error}; check the folder and run it"
                " again."
            ) from None


def left_from_before(to: Path, files: Iterable[ExportedMart]) -> list[str]:
    """Files of marts in the folder that this export did not write: they are of another release."""
    written = {each.name for each in files}
    return sorted(
        path.name
        for path in to.glob("*.csv")
        if path.stem.startswith(KINDS_OF_MARTS) and path.stem not in written
    )


def _written(
    connection: duckdb.DuckDBPyConnection, name: str, columns: dict[str, str], to: Path
) -> ExportedMart:
    texts = [column for column in columns if not columns[column].startswith(NEVER_TEXT)]
    listed = ", ".join(_cell(column) if column in texts else column for column in columns)
    formulas = [f"count(*) filter (where {_is_formula(column)})" for column in texts]
    neutralised = connection.execute(
        f"select {' + '.join(formulas)} from {MARTS}.{name}" if formulas else "select 0"
    ).fetchall()[0][0]
    ((rows,),) = connection.execute(
        f"copy (select {listed} from {MARTS}.{name}) to {literal(to / f'{name}.csv')}"
        " (format csv, header)"
    ).fetchall()
    return ExportedMart(name, rows, neutralised)


def _cell(column: str) -> str:
    text = f"cast({column} as varchar)"
    return f"case when {_is_formula(column)} then '''' || {text} else {text} end as {column}"


def _is_formula(column: str) -> str:
    return f"coalesce(regexp_matches(cast({column} as varchar), '{BEGINS_A_FORMULA}'), false)"

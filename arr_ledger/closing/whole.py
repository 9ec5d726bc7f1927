"""What was closed before, read whole or refused: a row that is not understood would be lost."""

from __future__ import annotations

import csv
import tempfile
from pathlib import Path

import duckdb

from arr_ledger.closing.frozen import DECIDING_TABLE, NEWER_COLUMNS, QUERIES
from arr_ledger.landing.declared import declared_systems
from arr_ledger.landing.files import take
from arr_ledger.landing.folder import Extract
from arr_ledger.landing.problems import LandingRefusedError
from arr_ledger.landing.quarantine import prepare
from arr_ledger.landing.stage import stage_table
from arr_ledger.problems import RefusedError

SYSTEM = "closings"
RESTORE = "restore it from where it is kept under version control or backed up"
SUMS = """
    select months.closed_month, months.ending_arr, coalesce(sum(frozen.arr), 0) as arr
    from {months} as months left join {frozen} as frozen using (closed_month)
    group by all having arr <> months.ending_arr order by 1 limit 1
"""


class ClosingRefusedError(RefusedError):
    """The month cannot be closed; nothing was changed."""


def refuse_what_is_not_whole(folder: Path) -> None:
    """ClosingRefusedError names the file, and the line, that is not as a closing left it."""
    there = [table for table in QUERIES if (folder / f"{table}.csv").exists()]
    if not there:
        return
    if DECIDING_TABLE not in there:
        raise ClosingRefusedError(
            f"{folder / DECIDING_TABLE}.csv: is not there, but {there[0]}.csv is, so months were"
            f" closed; {RESTORE}. Only if no month was ever closed, take {there[0]}.csv away."
        )
    with (
        tempfile.TemporaryDirectory(prefix=".", dir=folder) as scratch,
        duckdb.connect(config={"temp_directory": scratch}) as connection,
    ):
        prepare(connection)
        for table in there:
            _stage(connection, folder / f"{table}.csv", Path(scratch))
        _refuse_what_does_not_add_up(connection, folder, there)


def _stage(connection: duckdb.DuckDBPyConnection, path: Path, scratch: Path) -> None:
    """By the rules of landing, so that what is closed next can land; every row has to."""
    system = declared_systems()[SYSTEM]
    table = system.tables[path.stem]
    try:
        part = take(Extract(system, table, path), scratch / path.name)
        staged = stage_table(connection, table.name, [part], scratch)
    except LandingRefusedError as refusal:
        raise ClosingRefusedError(str(refusal.problems[0])) from None
    if staged.rows_put_aside:
        what = staged.faults[0] if staged.faults else f"{path}: holds a row twice; {RESTORE}."
        raise ClosingRefusedError(str(what))
    with path.open(newline="", encoding="utf-8-sig") as content:
        columns = next(csv.reader(content))
        older = [column.name for column in table.columns if column.name not in NEWER_COLUMNS]
        if columns not in ([column.name for column in table.columns], older):
            raise ClosingRefusedError(
                f"{path}, line 1: does not name the columns of a closing in their order; {RESTORE}."
            )


def _refuse_what_does_not_add_up(
    connection: duckdb.DuckDBPyConnection, folder: Path, there: list[str]
) -> None:
    (closed,) = connection.execute(f"select count(*) from {DECIDING_TABLE}").fetchone()
    missing = [table for table in QUERIES if table not in there]
    if closed and missing:
        raise ClosingRefusedError(
            f"{folder / missing[0]}.csv: is not there, but months were closed; {RESTORE}."
        )
    for table in ("closed_lines", "closed_customers") if closed else ():
        query = SUMS.format(months=DECIDING_TABLE, frozen=table)
        for month, ending_arr, arr in connection.execute(query).fetchall():
            raise ClosingRefusedError(
                f"{folder / table}.csv: {month:%Y-%m} sums to {arr:,.2f} and was closed at"
                f" {ending_arr:,.2f}; {RESTORE}."
            )

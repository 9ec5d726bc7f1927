"""The files of closings: rows are added whole or not at all, and what was closed stays as it was.

closed_months.csv decides: rows of a month that it does not list belong to a closing that was cut
off or reopened, are ignored by every reader, and are left out when the next closing is written.
"""

import csv
import fcntl
import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from arr_ledger.closing.frozen import DECIDING_TABLE, Rows
from arr_ledger.durable import sync


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """One closing at a time; the lock goes with the process that holds it."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def closed_months(folder: Path) -> list[str]:
    """The first days of the months that are closed."""
    return [row[0] for row in _records(folder / f"{DECIDING_TABLE}.csv")[1:]]


def add(folder: Path, tables: dict[str, Rows]) -> None:
    """Writes every file beside its place, then puts them in place, the deciding one last.

    The deciding one is there, without a month, before any other: missing means that it was lost.
    """
    if not (folder / f"{DECIDING_TABLE}.csv").exists():
        empty = _write(folder, DECIDING_TABLE, [tables[DECIDING_TABLE][0]])
        empty.replace(folder / f"{DECIDING_TABLE}.csv")
        sync(folder)
    closed = set(closed_months(folder))
    written = []
    for table, (columns, rows) in tables.items():
        kept = [row for row in _records(folder / f"{table}.csv")[1:] if row[0] in closed]
        new = [[_text(value) for value in row] for row in rows]
        # a closing of an earlier version has fewer columns
        kept = [row + [""] * (len(columns) - len(row)) for row in kept]
        written.append((_write(folder, table, [columns, *kept, *new]), folder / f"{table}.csv"))
    for beside, place in written:
        beside.replace(place)
        sync(folder)


def _records(path: Path) -> list[list[str]]:
    if not path.exists():
        return []
    with path.open(newline="", encoding="utf-8-sig") as content:
        return [record for record in csv.reader(content) if record]


def _write(folder: Path, table: str, records: list[list[str]]) -> Path:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(records)
    beside = folder / f".{table}.csv.new"
    with beside.open("w", newline="", encoding="utf-8") as content:
        content.write(text.getvalue())
        content.flush()
        os.fsync(content.fileno())
    return beside


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, date):
        return value.isoformat(" ") if hasattr(value, "hour") else value.isoformat()
    return str(value)

"""Freezes a published month, or refuses with one line and changes nothing."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb

from arr_ledger.accounts import belongs_to_another
from arr_ledger.closing.files import add, closed_months, locked
from arr_ledger.closing.frozen import frozen
from arr_ledger.closing.whole import ClosingRefusedError, refuse_what_is_not_whole
from arr_ledger.marts_file import marts_of

FOLDER = "closings"


@dataclass(frozen=True)
class Closing:
    """What was frozen."""

    month: date
    folder: Path
    ending_arr: Decimal
    lines: int
    customers: int


def close(
    database: Path, month: date, closings: Path, closed_at: datetime | None = None
) -> Closing:
    """Adds the month as the database shows it to the files of <closings>/closings/."""
    instant = (closed_at or datetime.now(UTC)).astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
    folder = closings / FOLDER
    try:
        with marts_of(database, ClosingRefusedError) as connection:
            if said := belongs_to_another(folder, *folder.glob("*.csv"), folder / ".lock"):
                raise ClosingRefusedError(said)
            with locked(folder):
                refuse_what_is_not_whole(folder)
                if month.isoformat() in closed_months(folder):
                    raise ClosingRefusedError(
                        f"{month:%Y-%m} is closed already; to reopen it, remove its line from"
                        f" {folder / 'closed_months.csv'}."
                    )
                _check_published(connection, month)
                tables = frozen(connection, month, instant)
                add(folder, tables)
    except OSError as error:
        raise ClosingRefusedError(
            f"{folder}: cannot be written ({error.strerror}); check the path and its permissions."
        ) from None
    ending_arr = tables["closed_months"][1][0][1]
    lines, customers = (len(tables[name][1]) for name in ("closed_lines", "closed_customers"))
    return Closing(month, folder, ending_arr, lines, customers)


def _check_published(connection: duckdb.DuckDBPyConnection, month: date) -> None:
    first, last = connection.execute(
        "select min(date_month), max(date_month) from marts.rpt_arr_bridge_monthly"
    ).fetchone()
    if first is None:
        raise ClosingRefusedError(f"{month:%Y-%m} is not published: the ledger has no month yet.")
    if not first <= month <= last:
        raise ClosingRefusedError(
            f"{month:%Y-%m} is not published; published are {first:%Y-%m} to {last:%Y-%m}."
        )

"""Rows that are gone upstream stay, with the day on which they were first missed.

A contract that is deleted in the billing system ended that day as far as anybody can know: without
its row it would never have been, and its churn would be nowhere. A row does not stay if another
one took its place: a new row with the same values in the columns that the table declares
(``kept_when_gone_unless_same``) that speaks for its time from its start on. A row that is there but
at fault is not gone: kept.py.
"""

from datetime import date

import duckdb

from arr_ledger.landing.declared import Table
from arr_ledger.landing.kept import DELETED, same_key
from arr_ledger.sql import quoted


def keep_gone_rows(
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    staged: str,
    earlier: str | None,
    load_id: str,
    day: date,
) -> None:
    """Adds the column for the day to a staged table, and the rows of before that it lacks.

    A row that was kept already keeps its day; one that is there again has none.
    """
    connection.execute(f"alter table {staged} add column {DELETED} date")
    if earlier is None:
        return
    names = [name for (name, *_) in connection.execute(f"describe {staged}").fetchall()]
    declared = [column.name for column in table.columns if column.name in names]
    kept = ", ".join(f"earlier.{quoted(name)}" for name in declared)
    connection.execute(
        f"""
        insert into {staged} by name
        select
            {kept},
            if(earlier.{DELETED} is null, $load_id, earlier._load_id) as _load_id,
            coalesce(earlier.{DELETED}, $day) as {DELETED}
        from {earlier} as earlier
        where
            not exists (from {staged} as staged where {same_key(table.keys)})
            and not {_is_replaced(table, staged, earlier, declared)}
        """,
        {"load_id": load_id, "day": day},
    )


def _is_replaced(table: Table, staged: str, earlier: str, declared: list[str]) -> str:
    """Whether a row that came with this load speaks for the one that is gone from its start on."""
    names = table.kept_when_gone_unless_same or ()
    same = [table.column(name) for name in names if name in declared]
    if not same:
        return "false"
    was_there = f"exists (from {earlier} as other where {same_key(table.keys)})".replace(
        "earlier.", "other."
    )
    return f"""exists (
                from {staged} as staged
                where {same_key(same)} and not {was_there}
                and staged.start_date <= earlier.start_date
                and earlier.start_date < coalesce(staged.end_date, date '9999-12-31')
            )"""

"""Keys that the landing before had and this one lacks: deleted upstream, or an upload broke off.

A file that stops at the end of a line looks like a shorter file. Rows do leave a system, but few in
one landing; so many at once are said on the day they are missed, whatever their dates are.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import duckdb

from arr_ledger.landing.changes import LostColumn, is_lost
from arr_ledger.landing.declared import Column, Table
from arr_ledger.landing.kept import DELETED, same_key
from arr_ledger.landing.problems import masked
from arr_ledger.sql import quoted

LOAD_ID = "_load_id"
# of a small table a single key is a large share
ALWAYS_BORNE = 5
MOST_NAMED = 3


@dataclass(frozen=True)
class Lost:
    """How many keys of a table are missing, of how many that were there, and what else is lost."""

    table: str
    keys: int
    of: int
    first: str = ""
    columns: tuple[LostColumn, ...] = ()
    undeclared: tuple[str, ...] = ()  # columns of the files, one of which may be a lost one
    sentences: tuple[str, ...] = ()  # ids used again, a file that is back


def too_many_lost(tables: Sequence[Lost], most: Decimal) -> list[str]:
    """A sentence per table that lost more than this share of its keys, and more than a few.

    And one per column without a value left, and what else is to be told of a table.
    """
    others = [
        *(
            column.told(each.table, each.undeclared)
            for each in tables
            for column in each.columns
            if is_lost(column, most)
        ),
        *(sentence for each in tables for sentence in each.sentences),
    ]
    keys = [
        f"{each.table}: {each.keys:,} of {each.of:,} keys of the last landing are missing, more"
        f" than {most:.2%}{f' (the first: {each.first})' if each.first else ''}"
        for each in tables
        if each.keys > max(ALWAYS_BORNE, most * each.of)
    ]
    return keys + others


def write_gone(
    connection: duckdb.DuckDBPyConnection,
    place: str,
    table: Table,
    staged: str | None,
    keys: Sequence[Column],
    load: tuple[int, str],
) -> int:
    """Writes down the rows of table earlier_rows whose key this load does not have.

    ``load`` is the number of the landing and the id of the load.
    """
    row_key = ", ".join(f"cast(earlier.{quoted(key.name)} as varchar)" for key in keys)
    is_there = f"exists (select 1 from {staged} as staged where {same_key(keys)})"
    connection.execute(
        f"""
        create or replace temp table gone_rows as
        select distinct ? as table_name, concat_ws('/', {row_key}) as row_key,
            ? as landing_number, ? as load_id,
            {LOAD_ID} as earlier_load_id
        from earlier_rows as earlier
        where {DELETED} is null and not {is_there if staged else "false"}
        """,
        [table.name, *load],
    )
    connection.execute(f"insert into {place}.landed_rows_gone from gone_rows")
    return connection.execute("select count(*) from gone_rows").fetchone()[0]


def count_lost(connection: duckdb.DuckDBPyConnection, label: str, keys: Sequence[Column]) -> Lost:
    """How many keys of table earlier_rows ``write_gone`` found missing."""
    key = ", ".join(quoted(key.name) for key in keys)
    missing, first, of = connection.execute(
        "select (select count(distinct row_key) from gone_rows),"
        f" (select list(distinct row_key order by row_key)[:{MOST_NAMED}] from gone_rows),"
        f" (select count(distinct ({key})) from earlier_rows where {DELETED} is null)"
    ).fetchone()
    return Lost(label, missing, of, masked(", ".join(first or [])))

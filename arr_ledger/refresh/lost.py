"""ARR of lines whose source rows were in the last landing and are missing in this one."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import duckdb

from arr_ledger.landing.kept import DELETED
from arr_ledger.sql import literal

# the tables that a line is made from, by the column of the line that names their rows, and their id
SOURCES = {
    "custom_billing": {
        "source_row_id": ("line_id", ["raw_custom_billing.subscription_lines"]),
        "subscription_id": ("id", []),
    },
    "stripe": {
        "source_row_id": ("id", ["raw_stripe.subscription_item"]),
        "subscription_id": ("id", ["raw_stripe.subscription", "raw_stripe.subscription_history"]),
    },
}
LOST_LINES = """
    select source_row_id, sum(arr_change) as arr from marts.fct_arr_postings
    where
        source_system = $system
        and (
            source_row_id in (select unnest($source_row_id::varchar[]))
            or subscription_id in (select unnest($subscription_id::varchar[]))
        )
    group by source_row_id having sum(arr_change) <> 0
"""
MOST_NAMED = 3


def lost_arr(served: Path, before: Path, after: Path, most: Decimal) -> list[str]:
    """A sentence if missing rows carry more than this share of the ARR that is served.

    ``before`` and ``after`` hold the raw tables of the last landing and of this one.
    """
    if not (served.exists() and before.exists()):
        return []
    with duckdb.connect(str(served), read_only=True) as connection:
        if not connection.execute(
            "from duckdb_columns() where table_name = 'fct_arr_postings'"
        ).fetchall():
            return []
        connection.execute(f"attach {literal(before)} as last_landing (read_only)")
        connection.execute(f"attach {literal(after)} as this_landing (read_only)")
        lost: dict[str, Decimal] = {}
        for system, sources in SOURCES.items():
            missing = {
                name: list(_missing(connection, *source)) for name, source in sources.items()
            }
            rows = connection.execute(LOST_LINES, {"system": system, **missing}).fetchall()
            lost |= {f"{system} {row_id}": arr for row_id, arr in rows}
        (total,) = connection.execute(
            "select coalesce(sum(arr_change), 0) from marts.fct_arr_postings"
        ).fetchone()
    sum_lost = sum(lost.values(), Decimal(0))
    if abs(sum_lost) <= most * abs(total):
        return []
    largest = sorted(lost, key=lambda each: (-abs(lost[each]), each))
    more = f" and {len(largest) - MOST_NAMED:,} more" if largest[MOST_NAMED:] else ""
    return [
        f"rows that are missing from this landing carry {sum_lost:,.2f} of the {total:,.2f} of ARR"
        f" that is served, more than {most:.2%}: {', '.join(largest[:MOST_NAMED])}{more}"
    ]


def _missing(connection: duckdb.DuckDBPyConnection, key: str, tables: list[str]) -> set[str]:
    """Ids of rows that were there before and are in none of the tables now.

    A row that another one replaced is not missing: it does not stay with the day it was missed.
    """
    before = _ids(connection, "last_landing", key, tables, f"{DELETED} is null")
    now = _ids(connection, "this_landing", key, tables, f"{DELETED} is null")
    ended = _ids(connection, "this_landing", key, tables, f"{DELETED} is not null")
    if any(DELETED in _columns(connection, "this_landing", table) for table in tables):
        return before & ended
    return before - now


def _ids(
    connection: duckdb.DuckDBPyConnection, catalog: str, key: str, tables: list[str], which: str
) -> set[str]:
    ids: set[str] = set()
    for table in tables:
        columns = _columns(connection, catalog, table)
        if key in columns:
            condition = which if DELETED in columns else "true"
            rows = connection.execute(f"select {key} from {catalog}.{table} where {condition}")
            ids |= {row_id for (row_id,) in rows.fetchall()}
    return ids


def _columns(connection: duckdb.DuckDBPyConnection, catalog: str, table: str) -> set[str]:
    schema, name = table.split(".")
    rows = connection.execute(
        "select column_name from duckdb_columns()"
        " where database_name = ? and schema_name = ? and table_name = ?",
        [catalog, schema, name],
    )
    return {column for (column,) in rows.fetchall()}

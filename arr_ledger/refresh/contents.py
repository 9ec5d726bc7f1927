"""What a file of a release holds, so that what readers get can be compared with what was audited.

Sums of hashes, whatever the order of rows; they are compared within one run, never kept.
"""

from __future__ import annotations

import duckdb

from arr_ledger.sql import quoted

TABLES = """
    select schema_name, table_name from duckdb_tables() where not internal order by all
"""
# what is no table, by name and definition: a view or a macro can lie as well as a row
DEFINITIONS = """
    select 'view ' || schema_name || '.' || view_name, sql
    from duckdb_views() where not internal
    union all
    select 'macro ' || schema_name || '.' || function_name, any_value(macro_definition)
    from duckdb_functions() where not internal group by all
    union all
    select 'index ' || schema_name || '.' || index_name, sql from duckdb_indexes()
    union all
    select 'type ' || schema_name || '.' || type_name, logical_type
    from duckdb_types() where not internal
    order by all
"""


def contents_of(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Table, view or macro of an open file -> what it holds, in a few words."""
    held = dict(connection.execute(DEFINITIONS).fetchall())
    for schema, name in connection.execute(TABLES).fetchall():
        relation = f"{quoted(schema)}.{quoted(name)}"
        held[f"{schema}.{name}"] = sum_of_rows(connection.sql(f"from {relation}"))
    return held


def sum_of_rows(rows: duckdb.DuckDBPyRelation) -> str:
    """How many and the sum of their hashes: the same rows in another order have the same."""
    hashes = "sum(cast(hash(one_row) as hugeint))"
    count, checksum = (
        rows.set_alias("one_row").aggregate(f"count(*), coalesce({hashes}, 0)").fetchone()
    )
    return f"{count:,} rows, checksum {checksum}"


def difference(expected: dict[str, str], found: dict[str, str]) -> str | None:
    """The first thing that is not as expected, in words; None if all is."""
    for name in sorted({*expected, *found}):
        if expected.get(name) != found.get(name):
            return f"{name} is {found.get(name, 'missing')}, not {expected.get(name, 'there')}"
    return None

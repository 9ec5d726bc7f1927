"""Reads a Parquet extract, whose types must already be the declared ones, into a table of texts."""

import duckdb

from arr_ledger.landing.declared import Column
from arr_ledger.landing.files import File
from arr_ledger.landing.header import match_columns, undeclared_columns
from arr_ledger.landing.problems import LandingRefusedError, Problem
from arr_ledger.landing.quarantine import Misread
from arr_ledger.sql import one_file

LONGEST_REASON = 200
# partitions are no columns: what a folder is called says nothing about the rows
ROWS = "read_parquet([?], hive_partitioning = false)"

WHOLE_NUMBERS = {
    "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT",
    "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT",
}  # fmt: skip
TIMESTAMPS = {
    "TIMESTAMP",
    "TIMESTAMP_S",
    "TIMESTAMP_MS",
    "TIMESTAMP_NS",
    "TIMESTAMP WITH TIME ZONE",
}
TYPES_FOR_DECLARED = {
    "text": {"VARCHAR"},
    "date": {"DATE"},
    "timestamp": TIMESTAMPS,
    "boolean": {"BOOLEAN"},
    "integer": WHOLE_NUMBERS,
    "bigint": WHOLE_NUMBERS,
    "numeric": WHOLE_NUMBERS | {"DECIMAL"},
}


def stage_parquet(
    connection: duckdb.DuckDBPyConnection, file: File
) -> tuple[list[str], list[str], list[Misread]]:
    """Fills table texts; returns what stage_csv returns. Parquet has no record of another width."""
    try:
        return _stage(connection, file)
    except (duckdb.OutOfMemoryException, MemoryError):
        raise
    except duckdb.Error as error:
        raise LandingRefusedError([_unreadable(file, error)]) from None


def _stage(
    connection: duckdb.DuckDBPyConnection, file: File
) -> tuple[list[str], list[str], list[Misread]]:
    extract, path = file.extract, one_file(file.path)
    described = connection.execute(f"describe select * from {ROWS}", [path]).fetchall()
    types = {row[0]: row[1] for row in described}
    found = list(types)
    matched = match_columns(extract.label, extract.table, found, line=None)
    names = {declared: found[place] for declared, place in matched.items()}
    problems = [
        Problem(
            extract.label,
            f"is {types[name]}, declared {extract.table.column(declared).data_type}",
            "cast it before you write the file",
            column=declared,
        )
        for declared, name in names.items()
        if not _fits(extract.table.column(declared), types[name])
        and _has_values(connection, path, name)
    ]
    if problems:
        raise LandingRefusedError(problems)
    selected = ", ".join(
        f"nullif(cast({_quoted(name)} as varchar), '') as {_quoted(declared)}"
        for declared, name in names.items()
    )
    connection.execute(
        f"""
        create or replace temp table texts as
        select file_row_number + 1 as "source line", {selected}
        from read_parquet([?], hive_partitioning = false, file_row_number = true)
        """,
        [path],
    )
    return list(matched), undeclared_columns(extract.table, found), []


def _unreadable(file: File, error: duckdb.Error) -> Problem:
    told = f"{error}".splitlines()[0].replace(f"{file.path}", file.extract.file_name)
    remedy = "export it again"
    if "encrypt" in told.lower():
        remedy = "export it without encryption"
    what = f"is not a Parquet file that can be read ({told[:LONGEST_REASON]})"
    return Problem(file.extract.label, what, remedy)


def _fits(column: Column, type_name: str) -> bool:
    declared = "numeric" if column.precision_and_scale else column.data_type
    return type_name.split("(")[0] in TYPES_FOR_DECLARED[declared]


def _has_values(connection: duckdb.DuckDBPyConnection, path: str, name: str) -> bool:
    """A column that is null throughout has whatever type its writer gave it."""
    query = f"select count({_quoted(name)}) > 0 from {ROWS}"
    return connection.execute(query, [path]).fetchone()[0]


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'

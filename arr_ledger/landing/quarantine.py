"""Rows that do not land: each is kept with its file, its line, its reasons and what it said.

Rows read = rows that land + rows quarantined. Three kinds of reason quarantine a row:
``fault`` (something in it is not what was declared), ``repeated`` (the same row landed already)
and ``superseded`` (a newer version of the row landed). Only faults count against the limits.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

import duckdb

from arr_ledger.landing.folder import Extract
from arr_ledger.landing.problems import Problem

QUARANTINE = "landed_rows_quarantined"
# of the rows at fault those that count against the limits: one per key whose newest state is faulty
COUNTED = "counted_faults"
# a file with more of them is refused without looking further
MOST_FAULTY_ROWS = 200_000
COLUMNS = """
    table_name varchar, file_name varchar, record_line bigint, kind varchar, reasons varchar,
    row_as_read varchar"""


@dataclass(frozen=True)
class Limits:
    """Shares of faulty rows up to which a landing goes on: of the rows of a table, of its value.

    kept: share of ARR in a release that may rest on last good versions of rows that are faulty now.
    ended: share of ARR that may have ended since the last start of a line where data seems to end.
    lost: share of the keys of a table that may be missing since the last landing.
    lost_value: share of the ARR that is served which the missing rows may carry.
    """

    rows: Decimal = Decimal("0.01")
    value: Decimal = Decimal("0.005")
    kept: Decimal = Decimal("0.005")
    ended: Decimal = Decimal("0.05")
    lost: Decimal = Decimal("0.02")
    lost_value: Decimal = Decimal("0.005")


@dataclass(frozen=True)
class Misread:
    """A record that is no row of the table: it has too few fields or too many."""

    problem: Problem
    row_as_read: str
    # declared columns and the texts at their places in the header; a field beside the header may
    # have moved the ones after it
    fields: dict[str, str] = field(default_factory=dict)


def prepare(connection: duckdb.DuckDBPyConnection) -> None:
    """The rows quarantined by a landing, before they are written into its database."""
    connection.execute(f"create temp table put_aside (system_name varchar, {COLUMNS}, fields json)")
    connection.execute(
        f"create temp table {COUNTED}"
        " (system_name varchar, table_name varchar, file_name varchar, record_line bigint)"
    )


def put_misread_aside(
    connection: duckdb.DuckDBPyConnection, extract: Extract, misread: Sequence[Misread]
) -> None:
    """Puts aside records that never became a row of texts."""
    connection.execute(
        "insert into put_aside by position select ?, ?, ?, unnest(?::bigint[]), 'fault',"
        " unnest(?::varchar[]), unnest(?::varchar[]), unnest(?::json[])",
        [
            *(extract.system.name, extract.table.name, extract.file_name),
            [each.problem.line for each in misread],
            [each.problem.reason for each in misread],
            [each.row_as_read for each in misread],
            [json.dumps(each.fields) for each in misread],
        ],
    )


def put_aside(
    connection: duckdb.DuckDBPyConnection,
    extract: Extract,
    kind: str,
    reasons: dict[int, str],
    rows: str,
) -> None:
    """Puts aside the lines that have a reason; ``rows`` is read as "source line" and row_as_read.

    They are not taken out of the table they stand in.
    """
    connection.execute(
        f"""
        insert into put_aside
        with reasons as (
            select unnest(?::bigint[]) as line, unnest(?::varchar[]) as reasons
        )
        select ?, ?, ?, reasons.line, ?, reasons.reasons, rows.row_as_read, rows.row_as_read
        from reasons join ({rows}) as rows on rows."source line" = reasons.line
        """,
        [
            *(list(reasons), list(reasons.values())),
            *(extract.system.name, extract.table.name, extract.file_name, kind),
        ],
    )


def counts(connection: duckdb.DuckDBPyConnection, system: str, table: str) -> dict[str, int]:
    """Rows of a table that were quarantined, by kind."""
    return dict(
        connection.execute(
            "select kind, count(*) from put_aside where system_name = ? and table_name = ?"
            " group by kind",
            [system, table],
        ).fetchall()
    )


def write(connection: duckdb.DuckDBPyConnection, system: str, schema: str) -> None:
    """Replaces the quarantine of a system in the target database."""
    name = f'target."{schema}".{QUARANTINE}'
    connection.execute(f"create or replace table {name} ({COLUMNS})")
    connection.execute(
        f"insert into {name} select * exclude (system_name, fields) from put_aside"
        " where system_name = ? order by all",
        [system],
    )


def rows_put_aside(connection: duckdb.DuckDBPyConnection) -> list[dict[str, object]]:
    """Every row that the last landing of a database quarantined, in the order of the files."""
    schemas = connection.execute(
        "select schema_name from duckdb_tables() where table_name = ? order by 1", [QUARANTINE]
    ).fetchall()
    found = []
    for (schema,) in schemas:
        rows = connection.execute(
            f'select * from "{schema}".{QUARANTINE} order by file_name, record_line'
        )
        names = [column[0] for column in rows.description]
        system = schema.removeprefix("raw_")
        found += [
            {"system": system, **dict(zip(names, row, strict=True))} for row in rows.fetchall()
        ]
    return found

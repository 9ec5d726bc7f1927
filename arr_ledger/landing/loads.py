"""Which load brought a row in its present form, and which load no longer had it.

Every landed row carries ``_load_id``, made from the content of its file, and keeps it for as long
as it lands unchanged. Beside the tables of a system stand ``landed_loads``, one row per landing of
a table whose content differs from the landing before, ``landed_rows_gone``, one row per row that a
load no longer had, and ``landed_rows_kept``, one row per row whose last good version stands in for
a faulty one.
"""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

import duckdb

from arr_ledger.landing.changes import (
    LostColumn,
    leaping_lines,
    lost_columns,
    moved_rates,
    older_load,
    reused_lines,
)
from arr_ledger.landing.declared import Column, System, Table
from arr_ledger.landing.gone import keep_gone_rows
from arr_ledger.landing.kept import (
    DELETED,
    LANDED_ROWS_KEPT,
    forget_kept_rows,
    keep_faulty_rows,
    same_key,
)
from arr_ledger.landing.lost import LOAD_ID, Lost, count_lost, write_gone
from arr_ledger.sql import quoted

LENGTH_OF_LOAD_ID = 16
LANDED_LOADS = """
    load_id varchar, table_name varchar, landing_number integer, file_name varchar,
    sha256 varchar, landed_rows bigint, landed_at timestamp,
    new_rows bigint, changed_rows bigint, gone_rows bigint, quarantined_rows bigint"""
LANDED_ROWS_GONE = """
    table_name varchar, row_key varchar, landing_number integer, load_id varchar,
    earlier_load_id varchar"""


@dataclass(frozen=True)
class Load:
    """The content of a table in one landing; without a file the table was left out."""

    table: Table
    sha256: str
    day: date
    file_name: str | None = None
    landed_rows: int = 0
    quarantined_rows: int = 0
    undeclared: tuple[str, ...] = ()

    @property
    def load_id(self) -> str:
        return self.sha256[:LENGTH_OF_LOAD_ID]


def prepare(connection: duckdb.DuckDBPyConnection, schema: str) -> None:
    """The tables of loads of a system, there from its first landing on."""
    connection.execute(f"create table if not exists {_at(schema)}.landed_loads ({LANDED_LOADS})")
    # databases from before rows could be quarantined
    connection.execute(
        f"alter table {_at(schema)}.landed_loads add column if not exists quarantined_rows bigint"
    )
    connection.execute(
        f"create table if not exists {_at(schema)}.landed_rows_gone ({LANDED_ROWS_GONE})"
    )
    connection.execute(
        f"create table if not exists {_at(schema)}.landed_rows_kept ({LANDED_ROWS_KEPT})"
    )


def bring(
    connection: duckdb.DuckDBPyConnection, system: System, load: Load, staged: str | None
) -> tuple[list[str], Lost | None]:
    """Gives the staged rows their load ids and writes down what is new, changed, gone and kept.

    The schema still holds the landing before; ``staged`` is altered to carry the load ids. Returns
    a sentence where rows at fault kept their last good version, and what is missing.
    """
    schema = system.schema
    label = f"{system.name}/{load.table.name}"
    earlier = _earlier_rows(connection, schema, load.table, staged)
    if staged is None and earlier is None:
        return [], None
    keys = _compared_keys(connection, schema, load.table, staged)
    kept: list[str] = []
    lost = None
    columns: list[LostColumn] = []
    sentences: list[str] = []
    leaps: list[str] = []
    new = changed = gone = 0
    number, *last = _last_landing(connection, schema, load.table)
    is_same = last == [load.sha256, load.quarantined_rows]
    if staged is not None:
        _add_load_ids(connection, load.table, staged, earlier, load.load_id)
        new, changed = _count_new_and_changed(connection, staged, earlier, keys, load.load_id)
        if not is_same:
            sentences.append(older_load(connection, _at(schema), label, load.table, load.sha256))
    if staged is not None and earlier is not None:
        # before rows of the last landing stand among the staged ones
        columns = lost_columns(connection, load.table, staged, keys)
        sentences.append(reused_lines(connection, label, load.table, staged))
        corrected, leap = moved_rates(connection, label, load.table, staged)
        sentences.append(corrected)
        leaps += filter(None, [leap, leaping_lines(connection, staged)])
    if staged is None or earlier is None:
        forget_kept_rows(connection, _at(schema), load.table)
    else:
        kept = keep_faulty_rows(
            *(connection, (system.name, _at(schema)), load.table, staged, keys),
            (number if is_same else number + 1, load.load_id),
        )
    if earlier is not None:
        gone = write_gone(
            *(connection, _at(schema), load.table, staged, keys),
            (number + 1, load.load_id),
        )
        lost = replace(
            count_lost(connection, label, keys),
            columns=tuple(columns),
            undeclared=load.undeclared,
            sentences=tuple(filter(None, sentences)),
        )
    if staged is not None and load.table.kept_when_gone_unless_same is not None:
        keep_gone_rows(connection, load.table, staged, earlier, load.load_id, load.day)
    if earlier is not None:
        connection.execute("drop table earlier_rows")
    if not is_same:
        connection.execute(
            f"insert into {_at(schema)}.landed_loads by name select ? as load_id,"
            " ? as table_name, ? as landing_number, ? as file_name, ? as sha256,"
            " ? as landed_rows, ? as quarantined_rows, ? as landed_at, ? as new_rows,"
            " ? as changed_rows, ? as gone_rows",
            [
                *(load.load_id, load.table.name, number + 1, load.file_name, load.sha256),
                *(load.landed_rows, load.quarantined_rows, datetime.now(UTC).replace(tzinfo=None)),
                *(new, changed, gone),
            ],
        )
    return kept + leaps, lost


def _compared_keys(
    connection: duckdb.DuckDBPyConnection, schema: str, table: Table, staged: str | None
) -> list[Column]:
    """The columns by which rows of two landings are the same: those of the key that both have.

    A table without a key goes by all its ids.
    """
    present = [_types(connection, "target", schema, table.name)]
    if staged is not None:
        present.append(_types(connection, "temp", "main", staged))
    keys = list(table.keys) or [column for column in table.columns if column.is_id]
    return [key for key in keys if all(key.name in names for names in present if names)]


def _earlier_rows(
    connection: duckdb.DuckDBPyConnection, schema: str, table: Table, staged: str | None
) -> str | None:
    """The rows of the landing before in the columns that are declared, or None without load ids."""
    types = _types(connection, "target", schema, table.name)
    if LOAD_ID not in types:
        return None
    staged_types = _types(connection, "temp", "main", staged) if staged else {}
    if any(types[name] != kind for name, kind in staged_types.items() if name in types):
        return None
    columns = ", ".join(
        quoted(column.name)
        if column.name in types
        else f"cast(null as {staged_types.get(column.name, 'varchar')}) as {quoted(column.name)}"
        for column in table.columns
    )
    deleted = DELETED if DELETED in types else f"cast(null as date) as {DELETED}"
    connection.execute(
        f"create or replace temp table earlier_rows as"
        f" select {columns}, {LOAD_ID}, {deleted} from {_at(schema)}.{quoted(table.name)}"
    )
    return "earlier_rows"


def _add_load_ids(
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    staged: str,
    earlier: str | None,
    load_id: str,
) -> None:
    """A row that is the same in every declared column keeps the id of the load that brought it."""
    if earlier is None:
        query = f"select *, ? as {LOAD_ID} from {staged}"
    else:
        names = ", ".join(quoted(column.name) for column in table.columns)
        query = f"""
            select staged.*, coalesce(earlier.{LOAD_ID}, ?) as {LOAD_ID}
            from {staged} as staged
            left join (
                select {names}, min({LOAD_ID}) as {LOAD_ID} from {earlier}
                where {DELETED} is null group by {names}
            ) as earlier on {_same_row(table, _types(connection, "temp", "main", staged))}
            """
    connection.execute(f"create temp table with_load_ids as {query}", [load_id])
    connection.execute(f"drop table {staged}")
    connection.execute(f"alter table with_load_ids rename to {staged}")


def _count_new_and_changed(
    connection: duckdb.DuckDBPyConnection,
    staged: str,
    earlier: str | None,
    keys: list[Column],
    load_id: str,
) -> tuple[int, int]:
    if earlier is None:
        return _count(connection, staged), 0
    is_known = (
        f"exists (select 1 from {earlier} as earlier"
        f" where {same_key(keys)} and earlier.{DELETED} is null)"
    )
    return connection.execute(
        f"""
        select
            count(*) filter (where not {is_known}),
            count(*) filter (where {is_known} and {LOAD_ID} = $1)
        from {staged} as staged
        """,
        [load_id],
    ).fetchone()


def _same_row(table: Table, present: dict[str, str]) -> str:
    return " and ".join(
        (f"staged.{quoted(column.name)}" if column.name in present else "null")
        + f" is not distinct from earlier.{quoted(column.name)}"
        for column in table.columns
    )


def _last_landing(
    connection: duckdb.DuckDBPyConnection, schema: str, table: Table
) -> tuple[int, str | None, int]:
    last = connection.execute(
        "select landing_number, sha256, coalesce(quarantined_rows, 0)"
        f" from {_at(schema)}.landed_loads where table_name = ?"
        " order by landing_number desc limit 1",
        [table.name],
    ).fetchone()
    return last or (0, None, 0)


def _types(
    connection: duckdb.DuckDBPyConnection, database: str, schema: str, table: str
) -> dict[str, str]:
    """Column -> type; nothing where the table is not there."""
    return dict(
        connection.execute(
            "select column_name, data_type from duckdb_columns()"
            " where database_name = ? and schema_name = ? and table_name = ?",
            [database, schema, table],
        ).fetchall()
    )


def _at(schema: str) -> str:
    return f"target.{quoted(schema)}"


def _count(connection: duckdb.DuckDBPyConnection, name: str) -> int:
    return connection.execute(f"select count(*) from {name}").fetchone()[0]

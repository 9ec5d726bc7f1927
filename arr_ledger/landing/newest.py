"""Rows at fault count by the newest state of their keys, and nothing older stands in for them.

Parts that overlap hold a key many times. Of these versions only the newest is looked at: how many
keys there are, and how many of them are at fault. What is newest is decided as in keys.py, by the
column that orders versions and then by the names of the parts; a row whose version cannot be read
is newer than every other.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from arr_ledger.landing.checks import where_stands
from arr_ledger.landing.declared import Column, Table
from arr_ledger.landing.faulty import known, read_faulty
from arr_ledger.landing.folder import Extract
from arr_ledger.landing.quarantine import COUNTED, put_aside
from arr_ledger.sql import quoted

# where a row of a staged table was read; beside its declared columns until the keys are settled
SYNCED = "_fivetran_synced"
PART, LINE = '"source part"', '"source line"'


@dataclass(frozen=True)
class Faulty:
    """How many keys are at fault, of how many; of a table in versions the same of its records."""

    keys: int = 0
    of_keys: int = 0
    records: int = 0
    of_records: int = 0


def block_older(
    connection: duckdb.DuckDBPyConnection, name: str, parts: Sequence[Extract], present: list[str]
) -> None:
    """Puts aside the good versions of a key that are not newer than a faulty one.

    Else the landing would take an old state for the present one.
    """
    table = parts[0].table
    keys = [column for column in table.keys if column.name in present]
    if not keys or not _read(connection, parts, present):
        return
    as_read = ", ".join(f"'{column}': staged.{quoted(column)}" for column in present)
    connection.execute(
        f"""
        create or replace temp table blocked as
        select
            staged.{PART} as part, staged.{LINE} as line,
            to_json({{{as_read}}})::varchar as row_as_read,
            max_by([faulty.part, faulty.record_line], {_age("faulty", table, present)}) as newer
        from {name} as staged
        join faulty on {_is_same(keys)} and {_are_known(keys)}
        where {_age("staged", table, present)} <= {_age("faulty", table, present)}
        group by all
        """
    )
    connection.execute(
        f"delete from {name} where ({PART}, {LINE}) in (select (part, line) from blocked)"
    )
    reasons: dict[int, dict[int, str]] = defaultdict(dict)
    for part, line, (newer_part, newer_line) in connection.execute(
        "select part, line, newer from blocked order by all"
    ).fetchall():
        where = where_stands(parts[newer_part], newer_line, parts[part])
        reasons[part][line] = f"{where} has the same key, is not older and is at fault"
    for part, of_lines in reasons.items():
        rows = f'select line as "source line", row_as_read from blocked where part = {part}'
        put_aside(connection, parts[part], "superseded", of_lines, rows)


def count_faulty(
    connection: duckdb.DuckDBPyConnection, name: str, parts: Sequence[Extract], present: list[str]
) -> Faulty:
    """Counts the keys of a staged table whose newest state is at fault.

    A row without a key that can be read counts once, in however many parts it says the same.
    """
    table = parts[0].table
    source = [parts[0].system.name, table.name]
    keys = [column for column in table.keys if column.name in present]
    if not keys:
        return _faulty_without_key(connection, name, source, present)
    _read(connection, parts, present)
    key = f"if({_are_known(keys)}, row({', '.join(_key('faulty', each) for each in keys)}), null)"
    connection.execute(
        f"""
        create or replace temp table newest_faults as
        with read as (
            select
                put_aside.file_name, put_aside.record_line, put_aside.row_as_read, faulty.*
                exclude (file_name, record_line, row_as_read), {key} as key_values,
                row_number() over (
                    partition by put_aside.file_name, put_aside.row_as_read
                    order by put_aside.record_line
                ) as nth
            from put_aside left join faulty
                on
                    put_aside.file_name = faulty.file_name
                    and put_aside.record_line = faulty.record_line
            where system_name = ? and table_name = ? and kind = 'fault'
        )
        select * exclude (key_values, nth) from read as faulty
        where not exists (from {name} as staged where {_are_known(keys)} and {_is_same(keys)})
        qualify row_number() over (
            partition by
                key_values, if(key_values is null, row_as_read, null),
                if(key_values is null, nth, null)
            order by {_age("faulty", table, present)} desc nulls last, record_line
        ) = 1
        """,
        source,
    )
    connection.execute(
        f"insert into {COUNTED} select ?, ?, file_name, record_line from newest_faults", source
    )
    (faulty,) = connection.execute("select count(*) from newest_faults").fetchone()
    (good,) = connection.execute(f"select count(*) from {name}").fetchone()
    return Faulty(faulty, good + faulty, *_records(connection, name, keys))


def _faulty_without_key(
    connection: duckdb.DuckDBPyConnection, name: str, source: list[str], present: list[str]
) -> Faulty:
    """Of a table without a key: what its parts say, and what several of them say once.

    A row that stands twice in one part is two rows.
    """
    listed = ", ".join(quoted(column) for column in present if column != SYNCED)
    connection.execute(
        f"""
        insert into {COUNTED}
        select any_value(system_name), any_value(table_name), min_by(file_name, record_line),
            min(record_line)
        from (
            select *, row_number() over (
                partition by file_name, row_as_read order by record_line
            ) as nth
            from put_aside where system_name = ? and table_name = ? and kind = 'fault'
        )
        group by row_as_read, nth
        """,
        source,
    )
    good, faulty = connection.execute(
        f"""
        select
            (
                select count(*) from (
                    select distinct {listed}, row_number() over (partition by {PART}, {listed})
                    from {name}
                )
            ),
            (select count(*) from {COUNTED} where system_name = ? and table_name = ?)
        """,
        source,
    ).fetchone()
    return Faulty(faulty, good + faulty)


def _records(
    connection: duckdb.DuckDBPyConnection, name: str, keys: Sequence[Column]
) -> tuple[int, int]:
    """Of a table in versions: records whose newest version is at fault, and all records."""
    start = next((key for key in keys if key.starts_version), None)
    of_record = [key for key in keys if not key.starts_version]
    if start is None or not of_record:
        return 0, 0
    since = quoted(start.name)
    values = ", ".join(quoted(key.name) for key in of_record)
    return connection.execute(
        f"""
        with newest as (
            select row({values}) as record, max(coalesce({since}, '-infinity')) as since
            from {name} group by all
        ),
        faulty as (
            select
                row({values}) as record,
                max(if({known(start)}, coalesce({since}, '-infinity'), 'infinity')) as since
            from newest_faults as faulty where {_are_known(of_record)} group by all
        )
        select
            count(*) filter (
                where faulty.record is not null
                and faulty.since > coalesce(newest.since, '-infinity')
            ),
            count(*)
        from newest full join faulty on newest.record = faulty.record
        """
    ).fetchone()


def _read(
    connection: duckdb.DuckDBPyConnection, parts: Sequence[Extract], present: Sequence[str]
) -> bool:
    """Fills table faulty with the part of each row; whether there is any."""
    table = parts[0].table
    columns = [column for column in table.columns if column.name in present]
    read_faulty(connection, parts[0].system.name, table, columns)
    connection.execute(
        "create or replace temp table faulty as"
        " select faulty.*, parts.part from faulty join ("
        "select unnest(?::varchar[]) as file_name, unnest(?::integer[]) as part"
        ") as parts on faulty.file_name = parts.file_name",
        [[part.file_name for part in parts], list(range(len(parts)))],
    )
    return bool(connection.execute("select count(*) from faulty").fetchone()[0])


def _are_known(keys: Sequence[Column]) -> str:
    return " and ".join(f"faulty.{known(key)}" for key in keys)


def _is_same(keys: Sequence[Column]) -> str:
    return " and ".join(
        f"{_key('staged', key)} is not distinct from {_key('faulty', key)}" for key in keys
    )


def _key(relation: str, key: Column) -> str:
    value = f"{relation}.{quoted(key.name)}"
    return f"upper({value})" if key.is_currency else value


def _age(relation: str, table: Table, present: Sequence[str]) -> str:
    """The place of a row among the versions of its key, the newest last."""
    part = "faulty.part" if relation == "faulty" else f"{relation}.{PART}"
    ages = [part]
    for column in table.columns:
        if column.orders_versions and column.name in present:
            value = f"coalesce({relation}.{quoted(column.name)}, '-infinity')"
            if relation == "faulty":
                is_known = f"faulty.{known(column)} and not faulty.is_misread"
                value = f"if({is_known}, {value}, 'infinity')"
            ages.insert(0, value)
    return f"row({', '.join(ages)})"

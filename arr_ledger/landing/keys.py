"""One row per key: of several versions the newest lands; where two disagree, neither does.

What is newest is decided by the column declared as ``orders_versions``, if the table has one, and
then by the names of the files that a table comes in.
"""

from collections import defaultdict
from collections.abc import Sequence

import duckdb

from arr_ledger.landing.checks import problem, where_stands
from arr_ledger.landing.declared import Column
from arr_ledger.landing.folder import Extract
from arr_ledger.landing.newest import LINE, PART
from arr_ledger.landing.problems import Problem, shown
from arr_ledger.landing.quarantine import put_aside
from arr_ledger.sql import quoted


def settle_keys(
    connection: duckdb.DuckDBPyConnection, table: str, parts: Sequence[Extract], present: list[str]
) -> list[Problem]:
    """Leaves one row per key in a staged table; returns the faults among what it quarantined."""
    declared = parts[0].table
    keys = [column for column in declared.keys if column.name in present]
    if not keys:
        return []
    by_key = ", ".join(
        f"upper({quoted(key.name)})" if key.is_currency else quoted(key.name) for key in keys
    )
    rows, distinct = connection.execute(
        f"select count(*), count(distinct ({by_key})) from {table}"
    ).fetchone()
    if rows == distinct:
        return []
    newest_first = [
        f"{quoted(column.name)} desc nulls last"
        for column in declared.columns
        if column.orders_versions and column.name in present
    ]
    shown_key = f"concat_ws(', ', {', '.join(quoted(key.name) for key in keys)})"
    as_read = ", ".join(f"'{name}': {quoted(name)}" for name in present)
    connection.execute(
        f"""
        create or replace temp table put_aside_by_key as
        with repeated as (
            select
                {PART} as part, {LINE} as line, {shown_key} as shown_key,
                to_json({{{as_read}}})::varchar as row_as_read,
                row_number() over (newest) as place,
                dense_rank() over (
                    partition by {by_key} order by {", ".join([*newest_first, f"{PART} desc"])}
                ) as age,
                first_value({PART}) over (newest) as first_part,
                first_value({LINE}) over (newest) as first_line,
                first_value(to_json({{{as_read}}})::varchar) over (newest) as first_as_read,
                row({by_key}) as key_values
            from {table}
            window newest as (
                partition by {by_key}
                order by {", ".join([*newest_first, f"{PART} desc", LINE])}
            )
            qualify count(*) over (partition by {by_key}) > 1
        ),
        judged as (
            select
                *,
                bool_or(age = 1 and row_as_read <> first_as_read)
                    over (partition by key_values) as disagree
            from repeated
        )
        select
            part, line, shown_key, first_part, first_line, row_as_read, place,
            case
                when age = 1 and disagree then 'fault'
                when row_as_read = first_as_read then 'repeated'
                else 'superseded'
            end as kind
        from judged
        where place > 1 or disagree
        """
    )
    connection.execute(
        f"delete from {table} where ({PART}, {LINE}) in (select (part, line) from put_aside_by_key)"
    )
    return _put_aside(connection, parts, keys)


def _put_aside(
    connection: duckdb.DuckDBPyConnection, parts: Sequence[Extract], keys: Sequence[Column]
) -> list[Problem]:
    """The row that a fault disagrees with is quarantined too, but the fault is the later one's."""
    remedy = (
        "keep one row per key"
        if len(keys) == 1
        else f"one row per {' and '.join(key.name for key in keys)}"
    )
    reasons: dict[tuple[int, str], dict[int, str]] = defaultdict(dict)
    problems = []
    for part, line, key, first_part, first_line, place, kind in connection.execute(
        "select part, line, shown_key, first_part, first_line, place, kind"
        " from put_aside_by_key order by part, line"
    ).fetchall():
        where = where_stands(parts[first_part], first_line, parts[part])
        if kind != "fault":
            word = "lands" if kind == "repeated" else "is newer and lands"
            reasons[part, kind][line] = f"{where} {word}"
            continue
        what = f"{shown(key)} is already on {where}"
        if place == 1:
            what = f"{shown(key)} is a duplicate key with different values"
        found = problem(parts[part], line, keys[0], what, remedy)
        reasons[part, kind][line] = found.reason
        if place > 1:
            problems.append(found)
    for (part, kind), of_lines in reasons.items():
        rows = (
            f'select line as "source line", row_as_read from put_aside_by_key where part = {part}'
        )
        put_aside(connection, parts[part], kind, of_lines, rows)
    return problems

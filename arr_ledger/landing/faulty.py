"""What can still be read of rows that were quarantined as faulty, above all their keys."""

from collections.abc import Sequence

import duckdb

from arr_ledger.landing.checks import BLANK, WORDS_FOR_NULL, without_suffix
from arr_ledger.landing.declared import Column, Table
from arr_ledger.sql import quoted


def read_faulty(
    connection: duckdb.DuckDBPyConnection, system: str, table: Table, columns: Sequence[Column]
) -> None:
    """Fills table faulty: what can be read of the rows at fault in the declared types.

    Beside each column stands whether its value is known. A blank line is no row.
    """
    values = []
    for column in columns:
        text = (
            f"nullif(regexp_replace(regexp_replace(fields ->> '{column.name}', '[[:cntrl:]]', '',"
            f" 'g'), '^{BLANK}+|{BLANK}+$', '', 'g'), '')"
        )
        if column.is_id:
            text = f"if(lower({text}) in {WORDS_FOR_NULL}, null, {text})"
        if column.is_currency:
            text = f"upper({text})"
        kind = "varchar" if column.data_type == "text" else column.data_type
        value = text if kind == "varchar" else f"try_cast({_plain(column, text)} as {kind})"
        is_empty = (
            "false"
            if column.must_have_value
            else f"json_exists(fields, '$.\"{column.name}\"')"
            f" and coalesce(fields ->> '{column.name}', '') = ''"
        )
        values += [
            f"{value} as {quoted(column.name)}",
            f"({value} is not null or ({is_empty})) as {known(column)}",
        ]
    connection.execute(
        f"""
        create or replace temp table faulty as
        select
            row_number() over (order by file_name, record_line) as number, reasons, file_name,
            record_line, row_as_read, starts_with(row_as_read, '[') as is_misread,
            {", ".join(values)}
        from put_aside
        where system_name = ? and table_name = ? and kind = 'fault' and row_as_read <> '[]'
        """,
        [system, table.name],
    )


def known(column: Column) -> str:
    return quoted(f"{column.name} is known")


def _plain(column: Column, text: str) -> str:
    return without_suffix(text) if column.data_type == "timestamp" else text

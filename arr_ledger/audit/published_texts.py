"""No personal data leaves with a release: what its text columns are called and hold."""

from __future__ import annotations

from itertools import groupby
from operator import itemgetter

import duckdb

from arr_ledger.audit.statements import Table, has_rows, unlike, zero

PERSONAL_NAMES = (
    "(?i)(?:^|_)(?:e_?mails?|phones?|mobiles?|fax|street|iban|birth_?(?:day|date)|ip)(?:_|$)"
)
ADDRESS = r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+\.[A-Za-z]"


def text_columns() -> Table:
    """A row per text column of the file."""
    return Table(
        "every text column",
        ("table_name", "column_name"),
        (
            has_rows("The file has text columns to look through."),
            unlike(
                "column_name",
                PERSONAL_NAMES,
                "No column is named like an e-mail address, a telephone number or the like.",
            ),
            zero(
                "column_name",
                "rows with an address",
                "rows_with_address",
                "No text looks like an e-mail address.",
            ),
        ),
        _text_columns,
    )


def _text_columns(connection: duckdb.DuckDBPyConnection) -> str:
    """A query with a row per text column: how many of its values look like an e-mail address.

    Every table is read once. A view is not read: its texts are those of tables of the file.
    """
    columns = connection.execute(
        "select columns.table_schema || '.' || columns.table_name, column_name"
        " from information_schema.columns as columns"
        " inner join information_schema.tables as tables using (table_schema, table_name)"
        " where data_type = 'VARCHAR' and table_type = 'BASE TABLE'"
        " order by all"
    ).fetchall()
    selects = []
    for table, found in groupby(columns, key=itemgetter(0)):
        names = [column for _, column in found]
        counts = ", ".join(
            f"count(*) filter (where contains(\"{name}\", '@')"
            f" and regexp_matches(\"{name}\", '{ADDRESS}'))"
            for name in names
        )
        selects.append(
            f"select '{table}' as table_name, unnest({names}) as column_name,"
            f" unnest([{counts}]) as rows_with_address from {table}"
        )
    of_views = """
        select table_schema || '.' || table_name, column_name, 0
        from information_schema.columns
        inner join information_schema.tables using (table_schema, table_name)
        where data_type = 'VARCHAR' and table_type <> 'BASE TABLE'"""
    return f"({' union all '.join([*selects, of_views])})"

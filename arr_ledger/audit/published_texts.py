"""No personal data leaves with a release: what its text columns are called and hold."""

from __future__ import annotations

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
    """A query with a row per text column: how many of its values look like an e-mail address."""
    columns = connection.execute(
        "select table_schema || '.' || table_name, column_name, data_type = 'VARCHAR'"
        " from information_schema.columns"
    ).fetchall()
    selects = []
    for table, column, is_text in columns:
        address = f"contains(\"{column}\", '@') and regexp_matches(\"{column}\", '{ADDRESS}')"
        count = f"count(*) filter (where {address})" if is_text else "0"
        limit = "" if is_text else " where false"
        selects.append(
            f"select '{table}' as table_name, '{column}' as column_name,"
            f" {count} as rows_with_address from {table}{limit}"
        )
    return f"({' union all '.join(selects)})"

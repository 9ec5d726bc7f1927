"""What a closing freezes: the month as the marts show it on the day of the closing."""

from calendar import monthrange
from datetime import date
from typing import Any

import duckdb

from arr_ledger.marts_file import reporting_currency

# In the order in which the files are written: the list of closed months comes last and decides.
DECIDING_TABLE = "closed_months"
QUERIES = {
    "closed_lines": """
        select
            cast($month as date) as closed_month,
            source_system,
            line_id,
            subscription_id,
            customer_id,
            product_id,
            currency,
            arr_in_line_currency,
            sum(arr_change) as arr,
            start_date,
            end_date,
            counted_until_date,
            coalesce(end_date <= $month_end, false) as is_in_grace,
            load_id
        from marts.fct_arr_postings
        where date_month <= $month
        group by all
        having sum(arr_change) <> 0
        order by source_system, line_id, customer_id
        """,
    "closed_customers": """
        select cast($month as date) as closed_month, customer_id, arr
        from marts.fct_customer_arr_monthly
        where date_month = $month and arr <> 0
        order by customer_id
        """,
    "closed_retention": """
        select
            cast($month as date) as closed_month,
            window_months,
            segment_type,
            segment_value,
            base_arr,
            base_customers,
            net_retained_arr,
            gross_retained_arr,
            retained_customers
        from marts.rpt_ndr_grr_monthly
        where date_month = $month and base_customers > 0
        order by window_months, segment_type, segment_value
        """,
    "closed_months": """
        select
            date_month as closed_month,
            ending_arr,
            cast($closed_at as timestamp) as closed_at,
            cast($reporting_currency as varchar) as reporting_currency
        from marts.rpt_arr_bridge_monthly
        where date_month = $month and segment_type = 'all'
        """,
}

Rows = tuple[list[str], list[tuple[Any, ...]]]


# what closings of earlier versions do not have
NEWER_COLUMNS = ("reporting_currency",)


def frozen(connection: duckdb.DuckDBPyConnection, month: date, closed_at: str) -> dict[str, Rows]:
    """Table -> columns and rows."""
    month_end = month.replace(day=monthrange(month.year, month.month)[1])
    values = {"month": month, "month_end": month_end, "closed_at": closed_at}
    values["reporting_currency"] = reporting_currency(connection)
    found = {}
    for table, query in QUERIES.items():
        used = {name: value for name, value in values.items() if f"${name}" in query}
        cursor = connection.execute(query, used)
        found[table] = ([column[0] for column in cursor.description], cursor.fetchall())
    return found

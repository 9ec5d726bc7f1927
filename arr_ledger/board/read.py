"""What boards show, read from the marts of one database file. Money is whole cents."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

import duckdb

from arr_ledger.problems import RefusedError

WINDOW = 12
MOVEMENTS = (
    *("opening_balance", "new", "reactivation", "expansion"),
    *("contraction", "churn", "fx", "transfer"),
)
NOT_SEGMENTS = (
    *("date_month", "window_months", "csm_owner_id", "am_owner_id", "coverage", "movement_type"),
    *("base_arr", "net_retained_arr", "gross_retained_arr", "base_customers"),
    *("retained_customers", "segment_set_key"),
)


class Marts:
    """The marts of one open file."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self.segment_columns = [
            name
            for name in self.columns("fct_retention_by_segments_monthly")
            if name not in NOT_SEGMENTS
        ]
        self._sets: dict[tuple, int] = {}

    def set_number(self, segments: Iterable[str]) -> int:
        """The number of a set of segments, in the order of their first use."""
        return self._sets.setdefault(tuple(segments), len(self._sets))

    def sets(self) -> list[tuple]:
        return list(self._sets)

    def rows(self, query: str) -> list[tuple]:
        return self._connection.execute(query).fetchall()

    def named_rows(self, query: str) -> tuple[list[str], list[tuple]]:
        cursor = self._connection.execute(query)
        return [column[0] for column in cursor.description], cursor.fetchall()

    def columns(self, mart: str) -> list[str]:
        return [
            name
            for (name,) in self.rows(
                "select column_name from information_schema.columns where table_schema = 'marts'"
                f" and table_name = '{mart}' order by ordinal_position"
            )
        ]

    def marts(self) -> set[str]:
        return {
            name
            for (name,) in self.rows(
                "select table_name from information_schema.tables where table_schema = 'marts'"
            )
        }


def cents(amount: Decimal | None) -> int | None:
    return None if amount is None else int((amount * 100).to_integral_value())


def plain(value: Any) -> Any:
    """A value as JSON has it: a decimal that is no money is a float, a date is an ISO text."""
    if isinstance(value, Decimal):
        return float(value)
    return value.isoformat() if isinstance(value, date) else value


def header(marts: Marts) -> dict[str, Any]:
    """What every page needs to know: the published months, the window, the order of movements."""
    months = [
        month.isoformat()
        for (month,) in marts.rows(
            "select distinct date_month from marts.rpt_arr_bridge_monthly"
            " where segment_type = 'all' order by date_month"
        )
    ]
    return {"months": months, "window": WINDOW, "movements": MOVEMENTS}


def cubes(marts: Marts) -> dict[str, Any]:
    """The three additive tables by month and set of segments, owners summed up.

    To be read last: the sets are those of everything that was read.
    """
    columns = marts.segment_columns
    keys = "".join(f'"{name}", ' for name in columns)

    def read(query: str) -> list[list[Any]]:
        read_rows = []
        for month, *rest in marts.rows(query):
            number = marts.set_number(rest[: len(columns)])
            read_rows.append([month.isoformat(), number, *rest[len(columns) :]])
        return read_rows

    retention = read(
        f"""
        select date_month, {keys}sum(base_arr), sum(net_retained_arr), sum(gross_retained_arr),
            sum(base_customers), sum(retained_customers)
        from marts.fct_retention_by_segments_monthly where window_months = {WINDOW}
        group by all order by all
        """
    )
    balances = read(
        f"""
        select date_month, {keys}sum(arr), sum(customers)
        from marts.fct_arr_by_segments_monthly group by all order by all
        """
    )
    changes = read(
        f"""
        select date_month, {keys}movement_type, sum(arr_change), sum(customers_change)
        from marts.fct_arr_movements_by_segments_monthly
        group by all order by all
        """
    )
    return {
        "columns": columns,
        "sets": marts.sets(),
        "retention": [
            [month, number, cents(base), cents(net), cents(gross), int(customers), int(kept)]
            for month, number, base, net, gross, customers, kept in retention
        ],
        "arr": [
            [month, number, cents(arr), int(customers)]
            for month, number, arr, customers in balances
        ],
        "changes": [
            [month, number, kind, cents(change), int(customers)]
            for month, number, kind, change, customers in changes
        ],
    }


def customers_in(marts: Marts) -> int:
    ((number,),) = marts.rows("select count(*) from marts.dim_customers")
    return number


NO_CUSTOMERS: dict[str, list] = {"customers": [], "movements": []}


def customers(marts: Marts, header: dict[str, Any]) -> dict[str, Any]:
    """Every customer once, numbered in the order of its id, and its movements."""
    listed = marts.rows(
        "select customer_id, coalesce(customer_name, customer_id) from marts.dim_customers"
        " order by customer_id"
    )
    numbers = {customer: number for number, (customer, _) in enumerate(listed)}
    months = {month: number for number, month in enumerate(header["months"])}
    kinds = {name: number for number, name in enumerate(header["movements"])}
    segments = {
        (customer, month): values
        for customer, month, *values in marts.rows(
            "select customer_id, date_month, "
            + ", ".join(
                f"max(case when segment_type = '{name}' then segment_value end)"
                for name in marts.segment_columns
            )
            + " from marts.fct_arr_bridge_movements where not is_between_segments group by 1, 2"
        )
    }
    nothing = ["unknown"] * len(marts.segment_columns)
    return {
        "customers": listed,
        "movements": [
            [
                numbers[customer],
                months[month.isoformat()],
                kinds[kind],
                cents(change),
                marts.set_number(
                    value or "unknown" for value in segments.get((customer, month), nothing)
                ),
            ]
            for customer, month, kind, change in marts.rows(
                "select customer_id, date_month, movement_type, arr_change"
                " from marts.fct_arr_movements order by date_month, customer_id, movement_type"
            )
        ],
    }


CUSTOMER_TABLES = {
    "spans": """
        select customer_id, from_month, until_month, arr from marts.fct_customer_arr_spans
        order by customer_id, from_month
    """,
    "movements": """
        select customer_id, date_month, movement_type, arr_change, ending_arr
        from marts.fct_arr_movements order by customer_id, date_month desc, movement_type
    """,
    "lines": """
        select postings.customer_id, coalesce(products.product_name, postings.product_id),
            postings.line_id, postings.subscription_id, postings.start_date, postings.end_date,
            postings.arr, postings.source_system || '.' || postings.source_table || ' '
            || postings.source_row_id
        from marts.fct_arr_postings as postings
        left join marts.dim_products as products on postings.product_id = products.product_id
        where postings.sign = 1
        order by postings.customer_id, postings.start_date desc, postings.line_id
    """,
    "renewals": """
        select customer_id, term_end_date, product_family, outcome, up_for_renewal_arr, renewed_arr
        from marts.fct_renewals order by customer_id, term_end_date desc, subscription_id
    """,
    "invoices": """
        select customer_id, date_month, reason_class, sum(ledger_mrr), sum(invoiced_amount),
            sum(difference_amount)
        from marts.rpt_invoice_reconciliation group by 1, 2, 3 order by 1, 2 desc, 3
    """,
}


def customer_pages(marts: Marts) -> list[dict[str, Any]]:
    """What the page of each customer shows, in the order of ``customers``."""
    there = marts.marts()
    described = ", ".join(f'"{name}"' for name in marts.segment_columns)
    pages = [
        {
            "id": customer,
            "name": name,
            "first_month": plain(first),
            "arr": cents(arr),
            "segments": values,
        }
        for customer, name, first, arr, *values in marts.rows(
            "select customer_id, coalesce(customer_name, customer_id), first_arr_month, current_arr"
            + (f", {described}" if described else "")
            + " from marts.dim_customers order by customer_id"
        )
    ]
    of = {page["id"]: page for page in pages}
    for name, query in CUSTOMER_TABLES.items():
        for page in pages:
            page[name] = []
        if not there.issuperset(_marts_of(query)):
            continue
        for customer, *rest in marts.rows(query):
            if customer in of:
                of[customer][name].append(
                    [cents(each) if isinstance(each, Decimal) else plain(each) for each in rest]
                )
    return pages


def _marts_of(query: str) -> list[str]:
    return re.findall(r"\bmarts\.(\w+)", query)


def benchmarks(marts: Marts) -> list[dict[str, Any]]:
    """Comparable published figures of NDR and GRR: one band or median each, the newest source."""
    if "rpt_benchmark_comparison" not in marts.marts():
        return []
    rows = marts.rows(
        """
        select metric, statistic, benchmark_value, source, period, population
        from marts.rpt_benchmark_comparison
        where is_comparable and company_segment_type = 'all' and metric in ('ndr', 'grr')
            and is_measurement
        order by metric, period desc, source, statistic
        """
    )
    found = []
    for metric in ("grr", "ndr"):
        of_metric = [row for row in rows if row[0] == metric]
        band = _band(of_metric)
        median = next((row for row in of_metric if row[1] == "median"), None)
        if band is not None:
            low, high, source, period, population = band
            text = (
                f"Shaded: middle half of {metric.upper()}, {low * 100:.0f} to {high * 100:.0f} %"
                f" ({population}; {source}, {period})."
            )
            found.append({"metric": metric, "from": low, "until": high, "text": text})
        elif median is not None:
            _, _, value, source, period, population = median
            text = (
                f"Median {metric.upper()} {value * 100:.0f} % ({population}; {source}, {period})."
            )
            found.append({"metric": metric, "from": None, "until": None, "text": text})
    return found


def _band(rows: list[tuple]) -> tuple[float, float, str, str, str] | None:
    """The quartiles that one source and period publish together."""
    for _, statistic, value, source, period, population in rows:
        if statistic != "lower quartile":
            continue
        for _, other, upper, other_source, other_period, _ in rows:
            if other == "upper quartile" and (other_source, other_period) == (source, period):
                return float(value), float(upper), source, period, population
    return None


def section_rows(marts: Marts, section: dict[str, Any], where: str) -> dict[str, Any]:
    """The rows of a section's query, or the marts that are missing for it."""
    query = section["query"]
    missing = sorted(set(_marts_of(query)) - marts.marts())
    if missing:
        return {"columns": [], "rows": [], "missing": missing}
    try:
        columns, rows = marts.named_rows(query)
    except duckdb.Error as error:
        reason = str(error).splitlines()[0]
        raise RefusedError(f"{where}: the query fails: {reason}") from None
    money = [
        index
        for index, name in enumerate(columns)
        if any(
            column["name"] == name and column.get("as") in ("money", "change")
            for column in section.get("columns", [])
        )
    ]
    return {
        "columns": columns,
        "rows": [
            [
                cents(value) if index in money and isinstance(value, Decimal) else plain(value)
                for index, value in enumerate(row)
            ]
            for row in rows
        ],
        "missing": [],
    }

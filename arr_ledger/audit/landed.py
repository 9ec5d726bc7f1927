"""What a reader of the landed tables states about them, before anything is built on them."""

from __future__ import annotations

from pathlib import Path

import duckdb

from arr_ledger.audit.checkpoint import audit
from arr_ledger.audit.statements import (
    Statement,
    Table,
    between,
    currency_code,
    filled,
    has_rows,
    not_before,
    one_of,
    one_row_per,
    sensible_year,
)
from arr_ledger.landing.kept import DELETED
from arr_ledger.landing.quarantine import QUARANTINE

# a mended billing system knows who pays; a few lines may wait for their customer
LEAST_WITH_CUSTOMER = 0.95
BILLING_SYSTEMS = ("stripe", "custom_billing")
ONE_ROW_PER_ID = one_row_per("id")
# in history mode
VERSION = "_fivetran_start"
ONE_ROW_PER_VERSION = one_row_per("id", VERSION)


def _key(*columns: str) -> tuple[Statement, ...]:
    is_unique = ONE_ROW_PER_ID if columns == ("id",) else one_row_per(*columns)
    return (is_unique, *(filled(column) for column in columns))


def _above_zero(column: str) -> Statement:
    return between(column, f"{column} is above 0.", 0, is_above_low=True)


def _has_customer(noun: str) -> Statement:
    words = f"At most {1 - LEAST_WITH_CUSTOMER:.0%} of the {noun} name no customer."
    return filled("customer_id", LEAST_WITH_CUSTOMER, words)


SUBSCRIPTION = (
    _has_customer("subscriptions"),
    filled("status"),
    sensible_year("created"),
    not_before("ended_at", "start_date", "A subscription does not end before it starts."),
    not_before("trial_end", "trial_start", "A trial does not end before it starts."),
)
DISCOUNT_TIME = not_before("end", "start", "A discount does not end before it starts.")

CUSTOM_BILLING = {
    "subscription_lines": (
        has_rows(),
        *_key("line_id"),
        _has_customer("lines"),
        filled("product_id"),
        filled("start_date"),
        sensible_year("start_date"),
        sensible_year("end_date", is_open_ended=True),
        not_before("end_date", "start_date", "A line does not end before it starts."),
        filled("term_amount"),
        filled("term_months"),
        _above_zero("term_months"),
        filled("currency"),
        currency_code("currency"),
    ),
    "customers": (*_key("customer_id"), sensible_year("created_date")),
    "customer_versions": (*_key("customer_id", "valid_from"), sensible_year("valid_from")),
    "products": _key("product_id"),
    "fx_rates": (
        one_row_per("currency", "month_end"),
        filled("currency"),
        currency_code("currency"),
        filled("rate"),
        _above_zero("rate"),
        sensible_year("month_end"),
    ),
    "billing_cut_overs": (
        *_key("old_source_system", "old_customer_id"),
        filled("new_customer_id"),
        one_of("new_source_system", BILLING_SYSTEMS, "The new system is one that is known."),
        filled("cut_over_date"),
        sensible_year("cut_over_date"),
    ),
    "post_sale_expenses": (
        *_key("month", "role", "currency"),
        filled("amount"),
        currency_code("currency"),
        sensible_year("month"),
    ),
}
STRIPE = {
    "customer": (has_rows(), *_key("id"), sensible_year("created")),
    "subscription": (*_key("id"), *SUBSCRIPTION),
    "subscription_history": (one_row_per("id", "_fivetran_start"), filled("id"), *SUBSCRIPTION),
    "subscription_item": (
        has_rows(),
        *_key("id"),
        between("quantity", "A quantity is not negative.", 0),
    ),
    "price": (
        *_key("id"),
        currency_code("currency"),
        between("unit_amount", "A price is not negative.", 0),
        between("recurring_interval_count", "A price recurs after at least one interval.", 1),
    ),
    "plan": (
        *_key("id"),
        currency_code("currency"),
        between("interval_count", "A plan recurs after at least one interval.", 1),
    ),
    "tier": (one_row_per("price_id", "up_to"), filled("price_id")),
    "product": _key("id"),
    "invoice": (*_key("id"), currency_code("currency"), sensible_year("created")),
    "invoice_line_item": (
        filled("id"),
        not_before("period_end", "period_start", "A period does not end before it starts."),
    ),
    "coupon": (
        *_key("id"),
        currency_code("currency"),
        between("percent_off", "A coupon takes off between 0 and 100 per cent.", 0, 100),
    ),
    "subscription_discount": (*_key("id"), DISCOUNT_TIME),
    "discount": (*_key("id"), DISCOUNT_TIME),
    "subscription_item_change_events": (
        filled("event_timestamp"),
        sensible_year("event_timestamp"),
        currency_code("currency"),
        filled("mrr_change"),
    ),
}
SALESFORCE = {
    "account": (has_rows(), *_key("id"), sensible_year("created_date")),
    "account_history": (
        *_key("id", "_fivetran_start"),
        not_before("_fivetran_end", "_fivetran_start", "A version does not end before it starts."),
    ),
    "opportunity": (
        *_key("id"),
        currency_code("currency_iso_code"),
        sensible_year("close_date"),
        between("probability", "A probability is between 0 and 100 per cent.", 0, 100),
        between("term_months_c", "A term is not negative.", 0),
    ),
    "opportunity_line_item": (*_key("id"), sensible_year("service_date")),
    "user": _key("id"),
    "product_2": _key("id"),
    "contact": _key("id"),
    "account_contact_relation": (
        *_key("id"),
        not_before("end_date", "start_date", "A relation does not end before it starts."),
    ),
    "opportunity_contact_role": (*_key("id"), sensible_year("created_date")),
}
SYSTEMS = {"custom_billing": CUSTOM_BILLING, "stripe": STRIPE, "salesforce": SALESFORCE}


def audit_landed(database: Path, folder: Path) -> int:
    """Audits every raw table that landed; returns how many statements held.

    The pages are written into the folder. RefreshRefusedError: a statement does not hold.
    """
    with duckdb.connect(str(database), read_only=True) as connection:
        return audit("landed", connection, landed_tables(connection), folder)


def landed_tables(connection: duckdb.DuckDBPyConnection) -> list[Table]:
    """The tables that are there, with the statements whose columns landed."""
    landed: dict[str, set[str]] = {}
    for name, column in connection.execute(
        "select table_schema || '.' || table_name, column_name from information_schema.columns"
    ).fetchall():
        landed.setdefault(name, set()).add(column)
    tables = []
    for system, of_system in SYSTEMS.items():
        for table, statements in of_system.items():
            columns = landed.get(f"raw_{system}.{table}")
            if columns is None:
                continue
            held = tuple(
                ONE_ROW_PER_VERSION if each is ONE_ROW_PER_ID and VERSION in columns else each
                for each in statements
                if set(each.about) <= columns
            )
            keys = held[0].about or held[1].about
            tables.append(Table(f"raw_{system}.{table}", keys, held, f'raw_{system}."{table}"'))
        if f"raw_{system}.{QUARANTINE}" in landed:
            tables.append(_accounting(system, landed))
    return tables


def _accounting(system: str, landed: dict[str, set[str]]) -> Table:
    """What became of every row of every file; what was kept of an earlier one is none of them."""
    schema = f"raw_{system}"
    counted = " union all ".join(
        f"select '{table}' as table_name, count(*) as rows from {schema}.\"{table}\""
        + (f" where {DELETED} is null" if DELETED in landed[f"{schema}.{table}"] else "")
        for table in SYSTEMS[system]
        if f"{schema}.{table}" in landed
    )
    source = f"""(
        with landed as ({counted}),
        put_aside as (
            select table_name, count(*) as rows from {schema}.{QUARANTINE} group by table_name
        ),
        kept as (
            select table_name, count(*) as rows from {schema}.landed_rows_kept group by table_name
        ),
        last_loads as (
            select table_name, arg_max(landed_rows, landing_number) as landed_rows
            from {schema}.landed_loads group by table_name
        )
        select
            landed.table_name,
            last_loads.landed_rows - landed.rows - coalesce(put_aside.rows, 0)
            + coalesce(kept.rows, 0) as rows_lost
        from landed left join put_aside using (table_name) left join last_loads using (table_name)
            left join kept using (table_name)
    )"""
    words = "The rows of the files are the rows that landed and the rows quarantined."
    statements = (one_row_per("table_name"), filled("rows_lost"), between("rows_lost", words, 0, 0))
    return Table(f"{schema}.landed_loads", ("table_name",), statements, source)

"""The published columns that others rely on; more columns may follow."""

from __future__ import annotations

from arr_ledger.audit.statements import Table, has_rows, zero

PROMISED = {
    "fct_arr_movements": "customer_id date_month movement_type beginning_arr arr_change ending_arr",
    "fct_arr_movement_drivers": "customer_id product_id date_month driver arr_change",
    "fct_customer_arr_spans": "customer_id from_month until_month arr",
    "fct_customer_arr_monthly": "customer_id date_month arr",
    "rpt_arr_bridge_monthly": (
        "date_month segment_type segment_value beginning_arr opening_balance_arr new_arr"
        " reactivation_arr expansion_arr contraction_arr churn_arr fx_arr transfer_arr ending_arr"
    ),
    "rpt_ndr_grr_monthly": (
        "date_month window_months segment_type segment_value base_arr base_customers"
        " net_retained_arr gross_retained_arr ndr grr logo_retention is_low_base"
    ),
    "rpt_cohort_retention_monthly": (
        "cohort_month age_months segment_type segment_value cohort_arr cohort_customers"
        " net_retention gross_retention logo_retention"
    ),
    "_release": "release_id built_at as_of_date extracts_sha256 project_version tests_run",
}


def promised_columns() -> Table:
    """A row per promised column, and whether the file has it."""
    rows = ", ".join(
        f"('{table}', '{column}')"
        for table, columns in PROMISED.items()
        for column in columns.split()
    )
    source = f"""(
        select promised.*, found.column_name is null as is_missing
        from (values {rows}) as promised (table_name, column_name)
        left join information_schema.columns as found
            on found.table_schema = 'marts'
            and promised.table_name = found.table_name
            and promised.column_name = found.column_name
    )"""
    return Table(
        "promised columns",
        ("table_name", "column_name"),
        (
            has_rows("There are promised columns to look for."),
            zero(
                "column_name",
                "missing",
                "cast(is_missing as integer)",
                "Every column that others rely on is in the file.",
            ),
        ),
        source,
    )

"""What a reader of the published tables states about a release before it is served.

Written from what the documentation promises, over the finished file: a table that was copied
wrongly, or a promise that no model knows of, is found here and not by a dashboard.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from arr_ledger.audit.checkpoint import audit
from arr_ledger.audit.promises import promised_columns
from arr_ledger.audit.statements import (
    Statement,
    Table,
    between,
    cents,
    filled,
    has_one_row,
    has_rows,
    like,
    one_of,
    one_row_per,
    reaches,
    unlike,
    zero,
)

MOVEMENT_TYPES = (
    *("opening_balance", "new", "reactivation", "expansion"),
    *("contraction", "churn", "fx", "transfer"),
)
SEGMENT = ("segment_type", "segment_value")
BELOW_ZERO = """
    (select distinct date_month, true as has_negative_arr
     from marts.fct_customer_arr_monthly where arr < 0)"""
PERSONAL_NAMES = (
    "(?i)(?:^|_)(?:e_?mails?|phones?|mobiles?|fax|street|iban|birth_?(?:day|date)|ip)(?:_|$)"
)
ADDRESS = r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+\.[A-Za-z]"


def audit_published(release_file: Path, folder: Path) -> int:
    """Audits a finished release file; returns how many statements held.

    The pages are written into the folder. RefreshRefusedError: a statement does not hold.
    """
    with duckdb.connect(str(release_file), read_only=True) as connection:
        return audit("published", connection, published_tables(), folder)


def published_tables() -> tuple[Table, ...]:
    return (
        promised_columns(),
        _release(),
        _bridge(),
        _movements(),
        _movements_of_a_month(),
        _drivers_of_a_month(),
        _spans(),
        _months(),
        _customers(),
        _retention(),
        _cohorts(),
        Table(
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
        ),
    )


def _release() -> Table:
    return Table(
        "marts._release",
        ("release_id",),
        (
            has_one_row("The file says once which release it is."),
            filled("release_id"),
            filled("as_of_date"),
            filled("built_at"),
            like("extracts_sha256", "[0-9a-f]{64}", "The extracts are known by their SHA-256."),
            between("tests_run", "At least one test ran and passed.", 1),
        ),
    )


def _bridge() -> Table:
    keys = ("date_month", *SEGMENT)
    movements = " + ".join(f"{name}_arr" for name in MOVEMENT_TYPES)
    before = "over (partition by segment_type, segment_value order by date_month)"
    last_complete = (
        "(select date_trunc('month', as_of_date + 1) - interval 1 month from marts._release)"
    )
    all_of_month = (
        "max(case when segment_type = 'all' then ending_arr end) over (partition by date_month)"
    )
    of_kind = "sum(ending_arr) over (partition by date_month, segment_type)"
    return Table(
        "marts.rpt_arr_bridge_monthly",
        keys,
        (
            has_rows(),
            one_row_per(*keys),
            *(filled(key) for key in keys),
            zero(
                "ending_arr",
                "cents left over",
                cents(f"beginning_arr + {movements} - ending_arr"),
                "Beginning ARR and the movements of the month give ending ARR, to the cent.",
            ),
            zero(
                "beginning_arr",
                "cents between months",
                cents(f"beginning_arr - coalesce(lag(ending_arr) {before}, 0)"),
                "A month begins with the ending ARR of the month before; the first begins with 0.",
            ),
            zero(
                "date_month",
                "months skipped",
                f"coalesce(date_diff('month', lag(date_month) {before}, date_month), 1) - 1",
                "No month is missing between the first and the newest.",
            ),
            reaches(
                "date_month",
                0,
                "months after the last complete one",
                f"date_diff('month', {last_complete}, date_month)",
                "The newest month is the last one that was complete on _release.as_of_date.",
            ),
            zero(
                "segment_value",
                "cents missing from segments",
                cents(f"{all_of_month} - {of_kind}"),
                "The values of every segment sum to the ending ARR of all.",
            ),
            between("new_arr", "New ARR is not a loss.", 0, None, "new", cents("new_arr")),
            between("churn_arr", "Churn is not a gain.", None, 0, "churn", cents("churn_arr")),
        ),
    )


def _movements() -> Table:
    keys = ("customer_id", "date_month", "movement_type")
    return Table(
        "marts.fct_arr_movements",
        keys,
        (
            has_rows(),
            one_row_per(*keys),
            *(filled(key) for key in keys),
            one_of("movement_type", MOVEMENT_TYPES, "The movement is one of the eight documented."),
            zero(
                "arr_change",
                "cents with the wrong sign",
                """case when movement_type in ('new', 'reactivation', 'expansion')
                    then least(sign(arr_change), 0)
                    when movement_type in ('contraction', 'churn')
                    then greatest(sign(arr_change), 0) else 0 end""",
                "Gains are above zero and losses below.",
            ),
        ),
    )


def _movements_of_a_month() -> Table:
    types = ", ".join(f"{name}_arr as {name}" for name in MOVEMENT_TYPES)
    names = ", ".join(MOVEMENT_TYPES)
    source = f"""(
        select bridge.date_month, bridge.movement_type, bridge.arr, movements.arr as moved
        from (
            unpivot (
                select date_month, {types} from marts.rpt_arr_bridge_monthly
                where segment_type = 'all'
            ) on {names} into name movement_type value arr
        ) as bridge
        full join (
            select date_month, movement_type, sum(arr_change) as arr
            from marts.fct_arr_movements group by all
        ) as movements
            on bridge.date_month = movements.date_month
            and bridge.movement_type = movements.movement_type
    )"""
    return Table(
        "movements against the bridge",
        ("date_month", "movement_type"),
        (
            has_rows(),
            zero(
                "arr_change",
                "cents apart",
                cents("coalesce(arr, 0) - coalesce(moved, 0)"),
                "The movements of customers in a month sum to the bridge, type by type.",
            ),
        ),
        source,
    )


def _drivers_of_a_month() -> Table:
    keys = ("customer_id", "product_id", "date_month", "driver")
    moved = "(select sum(arr_change) from marts.fct_arr_movements)"
    month = """(select sum(m.arr_change) from marts.fct_arr_movements as m
        where m.date_month = audited.date_month)"""
    total = "sum(arr_change) over (partition by date_month)"
    return Table(
        "marts.fct_arr_movement_drivers",
        keys,
        (
            one_row_per(*keys),
            *(filled(key) for key in keys),
            zero(
                "arr_change",
                "cents of the month apart",
                cents(f"{total} - {month}"),
                "The drivers of a month sum to its movements.",
            ),
            zero(
                "arr_change",
                "cents of all months apart",
                cents(f"sum(arr_change) over () - {moved}"),
                "The drivers of all months sum to all movements.",
            ),
        ),
    )


def _spans() -> Table:
    next_span = "lead(from_month) over (partition by customer_id order by from_month)"
    listed = "(select customer_id as listed_id, is_current_customer from marts.dim_customers)"
    found = """(select distinct customer_id as found_id from marts.rpt_ledger_findings
        where finding_type = 'negative_arr')"""
    source = f"""(
        select spans.*, listed_id, is_current_customer, found_id, {next_span} as next_month
        from marts.fct_customer_arr_spans as spans
        left join {listed} on customer_id = listed_id
        left join {found} on customer_id = found_id
    )"""
    return Table(
        "marts.fct_customer_arr_spans",
        ("customer_id", "from_month"),
        (
            has_rows(),
            one_row_per("customer_id", "from_month"),
            filled("arr"),
            filled("listed_id", words="Every customer with ARR is in dim_customers."),
            between(
                "until_month",
                "A span lasts at least one month.",
                1,
                None,
                "months of the span",
                "date_diff('month', from_month, until_month)",
            ),
            zero(
                "until_month",
                "months between spans",
                """case when until_month is null and next_month is null then 0
                    else date_diff('month', until_month, next_month) end""",
                "The spans of a customer follow each other without overlap or gap; the last is"
                " open.",
            ),
            zero(
                "arr",
                "negative without a finding",
                "cast(arr < 0 and found_id is null as integer)",
                "ARR is negative only where rpt_ledger_findings names the customer.",
            ),
            zero(
                "arr",
                "current without ARR",
                """cast(until_month is null
                    and coalesce(is_current_customer, false) <> (arr > 0) as integer)""",
                "Who dim_customers calls a current customer has ARR above zero, and nobody else.",
            ),
        ),
        source,
    )


def _months() -> Table:
    source = """(
        select date_month, months.arr, customer_rows, customers, ending_arr
        from (
            select date_month, sum(arr) as arr, count(*) as customer_rows,
                count(distinct customer_id) as customers
            from marts.fct_customer_arr_monthly group by all
        ) as months
        full join (
            select date_month, ending_arr from marts.rpt_arr_bridge_monthly
            where segment_type = 'all'
        ) as bridge using (date_month)
    )"""
    return Table(
        "marts.fct_customer_arr_monthly",
        ("date_month",),
        (
            has_rows(),
            zero(
                "customer_id",
                "customers twice",
                "coalesce(customer_rows - customers, 0)",
                "A customer has one row per month.",
            ),
            zero(
                "arr",
                "cents apart",
                cents("coalesce(arr, 0) - coalesce(ending_arr, 0)"),
                "The ARR of all customers is the ending ARR of the bridge.",
            ),
        ),
        source,
    )


def _customers() -> Table:
    source = """(
        select customers.*, moved, parents.customer_id as listed_parent_id
        from marts.dim_customers as customers
        left join (
            select customer_id, sum(arr_change) as moved
            from marts.fct_arr_movements group by customer_id
        ) as movements on customers.customer_id = movements.customer_id
        left join marts.dim_customers as parents
            on customers.parent_customer_id = parents.customer_id
    )"""
    return Table(
        "marts.dim_customers",
        ("customer_id",),
        (
            has_rows(),
            one_row_per("customer_id"),
            filled("customer_id"),
            filled("customer_name"),
            zero(
                "parent_customer_id",
                "parents that are not listed",
                """cast(parent_customer_id is not null
                    and listed_parent_id is null as integer)""",
                "A parent is itself in dim_customers.",
            ),
            zero(
                "current_arr",
                "cents apart",
                cents("current_arr - coalesce(moved, 0)"),
                "The movements of a customer's whole life sum to its current ARR.",
            ),
        ),
        source,
    )


def _retention() -> Table:
    keys = ("date_month", "window_months", *SEGMENT)
    return Table(
        "marts.rpt_ndr_grr_monthly",
        keys,
        (
            has_rows(),
            one_row_per(*keys),
            between("grr", "GRR is between 0 and 1.", 0, 1),
            between("logo_retention", "Logo retention is between 0 and 1.", 0, 1),
            _gross_is_not_above_net("gross_retained_arr", "net_retained_arr", "GRR", "NDR"),
            between(
                "gross_retained_arr",
                "What is retained gross is not more than the base.",
                0,
                None,
                "cents of the base lost",
                cents("base_arr - gross_retained_arr"),
            ),
            zero(
                "ndr",
                "rate without a base",
                "cast((ndr is null) <> (base_customers = 0) as integer)",
                "There is a rate where there is a base, and none where there is none.",
            ),
            between(
                "ndr",
                "NDR is net retained ARR over base ARR.",
                -0.000001,
                0.000001,
                "NDR less its parts",
                "ndr - cast(net_retained_arr as double) / nullif(cast(base_arr as double), 0)",
            ),
        ),
        f"(select * from marts.rpt_ndr_grr_monthly left join {BELOW_ZERO} using (date_month))",
    )


def _cohorts() -> Table:
    keys = ("cohort_month", "age_months", *SEGMENT)
    newest = "(select max(date_month) from marts.rpt_arr_bridge_monthly)"
    return Table(
        "marts.rpt_cohort_retention_monthly",
        keys,
        (
            one_row_per(*keys),
            between("gross_retention", "Gross retention is between 0 and 1.", 0, 1),
            between("logo_retention", "Logo retention is between 0 and 1.", 0, 1),
            zero(
                "logo_retention",
                "less than everybody at age 0",
                "cast(age_months = 0 and logo_retention <> 1 as integer)",
                "At age 0 a cohort is whole.",
            ),
            between("age_months", "No age is below 0.", 0),
            between(
                "age_months",
                "No month is shown that a cohort has not reached.",
                0,
                None,
                "months not reached",
                f"date_diff('month', cohort_month, {newest}) - age_months",
            ),
        ),
    )


def _gross_is_not_above_net(gross: str, net: str, gross_name: str, net_name: str) -> Statement:
    """Both as money, so that no rounding decides; a customer below zero may bring net under it."""
    return between(
        gross,
        f"{gross_name} is not above {net_name}, unless a customer's ARR is negative that month.",
        0,
        None,
        f"cents of {net_name} above {gross_name}",
        f"case when has_negative_arr is null then {cents(f'{net} - {gross}')} end",
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

"""The ARR of each customer and the list of customers, as a reader states them."""

from __future__ import annotations

from arr_ledger.audit.statements import Table, between, cents, filled, has_rows, one_row_per, zero


def spans() -> Table:
    """A row per customer and span, with what dim_customers and the findings say."""
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
                "Current customers of dim_customers have ARR above zero; others have none.",
            ),
        ),
        source,
    )


def months() -> Table:
    """A row per month: all customers of the view against the bridge."""
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


def customers() -> Table:
    """A row per customer, with its movements and its parent."""
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

"""The extract of the acquired business in the open format."""

from fractions import Fraction

from .catalog import PLAN_RATES
from .company import Company
from .days import FIRST_DAY, FIRST_MONTH, LAST_MONTH, month_end, month_index
from .files import Table, columns, decimal_text
from .loads import GONE, customer_load_id, line_load_id, load_id, rate_load_id
from .post_sale import post_sale_expenses_table

PRODUCTS = (
    ("relay", "Relay", "Automation", "recurring"),
    ("relay-insights", "Insights", "Analytics", ""),
    ("relay-messages", "Relay messages", "Automation", "usage"),
    ("relay-services", "Relay services", "Services", "services"),
    ("relay-setup", "Relay set-up", "Services", "one_time"),
)


def custom_billing_tables(company: Company) -> list[Table]:
    """All tables of the acquired business."""
    customers = Table(
        "custom_billing",
        "customers",
        "One row per customer of the acquired business.",
        columns("""
        string: customer_id customer_name parent_customer_id merged_into_customer_id crm_account_id
        string: segment industry region
        date: created_date merged_date
        string: _load_id
        date: _deleted_date"""),
    )
    products = Table(
        "custom_billing",
        "products",
        "One row per product of the acquired business.",
        columns("""
        string: product_id product_name product_family revenue_type"""),
    )
    lines = Table(
        "custom_billing",
        "subscription_lines",
        "One row per charge of the acquired business.",
        columns("""
        string: line_id subscription_id customer_id product_id plan_tier
        date: start_date end_date
        numeric(18,4): term_amount
        numeric(9,4): term_months
        numeric(18,4): quantity
        string: currency charge_type supersedes_line_id
        date: notice_date
        boolean: is_contracted_step
        string: _load_id
        date: _deleted_date"""),
    )
    rates = Table(
        "custom_billing",
        "fx_rates",
        "One row per currency and month end; an empty month end is the plan rate.",
        columns("""
        string: currency
        date: month_end
        numeric(18,8): rate
        string: _load_id"""),
    )
    for customer in company.custom_customers:
        customers.add(
            customer_id=customer.customer_id,
            customer_name=customer.name,
            parent_customer_id=customer.parent,
            merged_into_customer_id=customer.merged_into,
            crm_account_id=customer.account_id,
            segment=customer.segment,
            industry=customer.industry,
            region=customer.region,
            created_date=customer.created,
            merged_date=customer.merged,
            _load_id=customer_load_id(customer),
        )
    for product_id, name, family, revenue_type in PRODUCTS:
        products.add(
            product_id=product_id,
            product_name=name,
            product_family=family,
            revenue_type=revenue_type,
        )
    for line in company.custom_lines:
        lines.add(
            line_id=line.line_id,
            subscription_id=line.subscription_id,
            customer_id=line.customer_id,
            product_id=line.product_id,
            plan_tier=line.plan_tier,
            start_date=line.start,
            end_date=line.end,
            term_amount=decimal_text(line.amount),
            term_months=line.term_months,
            quantity=line.quantity,
            currency=line.currency,
            charge_type=line.charge_type,
            supersedes_line_id=line.supersedes,
            notice_date=line.notice,
            is_contracted_step=True if line.is_contracted_step else None,
            _load_id=line_load_id(line),
        )
    write_rates(rates)
    return [
        customers,
        versions_table(company),
        products,
        subscription_order(lines),
        rates,
        cut_overs_table(company),
        post_sale_expenses_table(),
        rows_gone_table(),
    ]


def versions_table(company: Company) -> Table:
    """What customers were from a day on, where it changed."""
    table = Table(
        "custom_billing",
        "customer_versions",
        "One row per customer of the acquired business and day on which it changed.",
        columns("""
        string: customer_id
        date: valid_from
        string: parent_customer_id segment industry region"""),
    )
    for customer in company.custom_customers:
        for version in customer.versions:
            table.add(
                customer_id=customer.customer_id,
                valid_from=version.since,
                parent_customer_id=version.parent,
                segment=version.segment,
                industry=version.industry,
                region=version.region,
            )
    return table


def cut_overs_table(company: Company) -> Table:
    """Customers who moved from one billing system to another."""
    table = Table(
        "custom_billing",
        "billing_cut_overs",
        "One row per customer who moved from one billing system to another.",
        columns("""
        string: old_source_system old_customer_id new_source_system new_customer_id
        date: cut_over_date"""),
    )
    for move in company.cut_overs:
        table.add(
            old_source_system=move.old[0],
            old_customer_id=move.old[1],
            new_source_system=move.new[0],
            new_customer_id=move.new[1],
            cut_over_date=move.day,
        )
    return table


def rows_gone_table() -> Table:
    """Rows that were landed once and are gone."""
    table = Table(
        "custom_billing",
        "landed_rows_gone",
        "One row per row of the acquired business that a landing no longer had.",
        columns("""
        string: table_name row_key
        integer: landing_number
        string: load_id earlier_load_id"""),
    )
    for line_id, day in GONE.items():
        table.add(
            table_name="subscription_lines",
            row_key=line_id,
            landing_number=month_index(day) - month_index(FIRST_DAY) + 1,
            load_id=load_id("subscription_lines", day),
        )
    return table


def subscription_order(lines: Table) -> Table:
    """Lines in the order of their ids."""
    lines.rows.sort(key=lambda row: str(row["line_id"]))
    return lines


def write_rates(table: Table) -> None:
    """Plan rates, and month-end rates that wander around them."""
    for number, (currency, plan) in enumerate(PLAN_RATES.items()):
        table.add(
            currency=currency, rate=f"{float(plan):.8f}", _load_id=rate_load_id(currency, None)
        )
        for month in range(FIRST_MONTH, LAST_MONTH + 1):
            step = (month * (37 + 11 * number)) % 97 - 48
            drift = (month - FIRST_MONTH) % 24 - 12
            rate = plan * (1 + Fraction(step, 1500) + Fraction(drift, 400))
            table.add(
                currency=currency,
                month_end=month_end(month),
                rate=f"{float(rate):.8f}" if plan < 1 else f"{float(rate):.5f}000",
                _load_id=rate_load_id(currency, month_end(month)),
            )

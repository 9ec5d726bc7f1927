"""Customers of the acquired business made by hand: ramps, other charges, moves, odd rows."""

from datetime import date
from itertools import pairwise

from .acquired_business import new_customer
from .company import Company
from .contracts import CustomLine
from .days import AS_OF, add_months

D = date


def add_custom_situations(company: Company) -> None:
    """Everything else in the acquired business."""
    ramps_and_discounts(company)
    other_charges(company)
    moves(company)
    odd_rows(company)


def ramps_and_discounts(company: Company) -> None:
    """Steps that were signed together, discounts that end before the line does."""
    for start, steps in (
        (D(2022, 10, 1), (200000, 350000, 500000)),
        (D(2023, 11, 15), (150000, 225000, 300000)),
        (D(2025, 2, 28), (300000, 400000, 550000)),
    ):
        customer = new_customer(company, start, segment="Mid-Market")
        subscription = ""
        for year, monthly in enumerate(steps):
            line = company.add_custom_line(
                customer,
                add_months(start, 12 * year),
                12,
                monthly,
                quantity=10 * (year + 1),
                subscription=subscription,
                is_contracted_step=year > 0,
                is_open=year == 2,
            )
            subscription = line.subscription_id
        company.note("ramp", customer, f"three steps from {start}")
    for start, months in ((D(2023, 1, 1), 6), (D(2024, 4, 30), 9)):
        customer = new_customer(company, start)
        line = company.add_custom_line(customer, start, 12, 280000, is_open=True)
        company.add_custom_line(
            customer, start, months, -70000, quantity=0, subscription=line.subscription_id
        )
        company.note("discount_ends", customer, f"negative line for {months} months")
    customer = new_customer(company, D(2024, 1, 10))
    company.add_custom_line(customer, D(2024, 1, 10), 18, 123457, is_open=True, currency="GBP")
    company.note("odd_cents", customer, "eighteen-month term, rounded after currency")
    customer = new_customer(company, D(2022, 7, 7))
    line = company.add_custom_line(customer, D(2022, 7, 7), 7, 100000, is_open=True, currency="EUR")
    line.amount += 1
    company.note("odd_cents", customer, "seven-month term that does not divide into cents")
    for day, tier in ((D(2024, 2, 20), "plus"), (D(2023, 10, 31), "premium")):
        customer = new_customer(company, add_months(day, -14))
        first = company.add_custom_line(customer, add_months(day, -14), 12, 150000, end=day)
        company.add_custom_line(
            customer, day, 12, 210000, tier=tier, subscription=first.subscription_id, is_open=True
        )
        company.note("tier_change", customer, f"standard to {tier} on {day}")


def other_charges(company: Company) -> None:
    """Charges that are not ARR: usage, services, one-time, trials."""
    for start in (D(2022, 11, 1), D(2024, 7, 15)):
        customer = new_customer(company, start)
        company.add_custom_line(customer, start, 12, 200000, is_open=True)
        company.add_custom_line(
            customer, start, 1, 800000, product="relay-services", charge_type="services"
        )
        company.add_custom_line(
            customer, start, 1, 150000, product="relay-setup", charge_type="one_time"
        )
        company.add_custom_line(
            customer, start, 12, 30000, product="relay-messages", charge_type="usage"
        )
        company.note("services_one_time", customer, "services and set-up beside the contract")
        company.note("usage", customer, "messages beyond the contract")
    for start in (D(2023, 5, 1), D(2025, 3, 10)):
        customer = new_customer(company, start)
        trial = company.add_custom_line(customer, start, 2, 100000, charge_type="trial")
        company.add_custom_line(
            customer, trial.end, 12, 100000, is_open=True, subscription=trial.subscription_id
        )
        company.note("trial_then_paid", customer, f"trial until {trial.end}")
    for start in (D(2023, 2, 1), D(2024, 10, 20)):
        customer = new_customer(company, start)
        line = company.add_custom_line(customer, start, 24, 170000)
        extra = company.add_custom_line(
            customer,
            add_months(start, 7),
            17,
            60000,
            product="relay-insights",
            quantity=5,
            end=line.end,
        )
        line.notice = extra.notice = add_months(start, 8) if line.end <= AS_OF else D(2026, 3, 2)
        company.note("cross_sell", customer, "Insights on the acquired paper")
        company.note("notice_long_before_end", customer, f"notice {line.notice}, end {line.end}")


def moves(company: Company) -> None:
    """Merges and transfers between customers of the acquired business."""
    for start in (D(2022, 3, 1), D(2023, 6, 19)):
        customers = [new_customer(company, start, linked=number == 2) for number in range(3)]
        for customer, following in pairwise(customers):
            customer.merged_into = following.customer_id
        for number, customer in enumerate(customers):
            company.add_custom_line(
                customer, add_months(start, 5 * number), 12, 90000 + 10000 * number, is_open=True
            )
            company.note("merge_chain", customer, f"ends in {customers[2].customer_id}")
    for start, day in ((D(2022, 8, 1), D(2023, 11, 14)), (D(2023, 4, 5), D(2024, 12, 1))):
        giver, taker = (
            new_customer(company, start),
            new_customer(company, add_months(start, 3), segment="Mid-Market"),
        )
        first = company.add_custom_line(giver, start, 12, 140000, end=day)
        company.add_custom_line(
            taker, day, 12, 155000, subscription=first.subscription_id, is_open=True
        )
        company.add_custom_line(giver, add_months(start, 4), 12, 50000, is_open=True, tier="plus")
        company.note(
            "subscription_transfer",
            giver,
            f"{first.subscription_id} goes to {taker.customer_id} on {day}",
        )
        company.note(
            "subscription_transfer",
            taker,
            f"{first.subscription_id} comes from {giver.customer_id}",
        )
    parent = new_customer(company, D(2022, 2, 2), linked=False, segment="Mid-Market")
    company.add_custom_line(parent, D(2022, 2, 2), 12, 160000, is_open=True)
    company.note("parent_group", parent, "parent in the acquired business")
    for start in (D(2022, 9, 9), D(2024, 9, 9)):
        child = new_customer(company, start, linked=False)
        child.parent = parent.customer_id
        company.add_custom_line(child, start, 12, 70000, is_open=True)
        company.note("parent_group", child, f"belongs to {parent.customer_id}")
    loyal = [s.customer for s in company.subscriptions if s.end is None and s.start < D(2022, 3, 1)]
    for billed in loyal[:3]:
        customer = company.add_custom_customer(D(2023, 1, 9), company.account_of(billed))
        company.add_custom_line(customer, D(2023, 1, 9), 12, 110000, is_open=True)
        company.note("both_billing_systems", customer, "also billed through Stripe")


def odd_rows(company: Company) -> None:
    """Lines without a customer, customers without attributes, lines that add nothing."""
    orphans: list[CustomLine] = [
        company.add_custom_line("", D(2023, 7, 1), 12, 41000, is_open=True),
        company.add_custom_line("", D(2024, 2, 1), 12, 23000),
    ]
    for line in orphans:
        company.note("line_without_customer", "", f"{line.line_id}: customer is unknown")
    for customer_id in ("RB-X1", "RB-X2"):
        company.add_custom_line(customer_id, D(2023, 3, 3), 12, 64000, is_open=True)
        company.note(
            "customer_only_on_lines", customer_id, "no row among the customers: segment unknown"
        )
    for start in (D(2022, 5, 5), D(2023, 5, 5)):
        customer = company.add_custom_customer(start)
        company.add_custom_line(customer, start, 12, 58000, is_open=True)
        company.add_custom_line(
            customer, add_months(start, 6), 12, 0, product="relay-insights", tier="free"
        )
        company.note("no_crm_account", customer, "segment, industry and region unknown")
        company.note("zero_amount_line", customer, "a free line changes nothing")

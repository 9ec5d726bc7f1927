"""Who a customer was at what time: cut-overs between billing systems, versions, dated merges."""

from datetime import date

from .company import Company
from .contracts import CustomVersion, CutOver
from .days import add_days, add_months

D = date


def add_move_situations(company: Company) -> None:
    """Moves that change on whose account ARR stands, or which system speaks for it."""
    cut_overs(company)
    versions(company)
    dated_merges(company)


def cut_overs(company: Company) -> None:
    """Customers of the acquired business who are billed through Stripe since their cut-over."""
    for start, day, starts_after, ends_before, situation in (
        (D(2022, 5, 10), D(2024, 10, 1), 0, None, "left open in the old system"),
        (D(2023, 2, 14), D(2025, 1, 20), 12, 0, "a gap of 12 days is a late renewal"),
        (D(2022, 11, 30), D(2025, 4, 30), -45, -60, "both systems hold it for some weeks"),
    ):
        leaver = company.add_custom_customer(
            start, segment="SMB", industry="Retail", region="North America"
        )
        company.add_custom_line(
            leaver,
            start,
            12,
            90000,
            is_open=ends_before is None,
            end=None if ends_before is None else add_days(day, -ends_before),
        )
        billed, _ = company.buy(
            add_days(day, starts_after), 31, product="flows", tier="standard", linked=False
        )
        old, new = ("custom_billing", leaver.customer_id), ("stripe", billed.customer_id)
        company.cut_overs.append(CutOver(old, new, day))
        company.note("billing_cut_over", leaver, f"to {billed.customer_id} on {day}: {situation}")
        company.note("billing_cut_over", billed, f"from {leaver.customer_id} on {day}")


def versions(company: Company) -> None:
    """Customers without a CRM account whose segment and parent changed."""
    group = company.add_custom_customer(D(2022, 1, 4), segment="Enterprise", region="Europe")
    company.add_custom_line(group, D(2022, 1, 4), 12, 250000, is_open=True)
    for start, day in ((D(2022, 6, 6), D(2024, 3, 31)), (D(2023, 3, 1), D(2025, 6, 1))):
        customer = company.add_custom_customer(
            start, segment="Mid-Market", region="Europe", parent=group.customer_id
        )
        customer.versions += [
            CustomVersion(start, segment="SMB", region="Europe"),
            CustomVersion(day, group.customer_id, "Mid-Market", "", "Europe"),
        ]
        company.add_custom_line(customer, start, 12, 80000, is_open=True)
        company.note("segment_change", customer, f"Mid-Market from {day}")
        company.note("parent_change", customer, f"to {group.customer_id} on {day}")


def dated_merges(company: Company) -> None:
    """Merges of the acquired business happened on a day."""
    for customer in company.custom_customers:
        if customer.merged_into:
            customer.merged = add_months(customer.created, 19)

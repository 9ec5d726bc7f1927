"""Customers of the acquired business made by hand: late, early, joint and future renewals."""

from datetime import date

from .acquired_business import new_customer
from .company import Company
from .days import AS_OF, add_months

D = date


def add_renewal_situations(company: Company) -> None:
    """Everything that can happen around the end of a term."""
    late_renewals(company)
    early_renewals(company)
    terms(company)


def late_renewals(company: Company) -> None:
    """Gaps on both sides of the grace."""
    for end, back, name in (
        (D(2023, 3, 20), D(2023, 4, 12), "late_renewal_in_grace"),
        (D(2024, 5, 31), D(2024, 6, 30), "late_renewal_in_grace"),
        (D(2025, 1, 31), D(2025, 2, 14), "late_renewal_in_grace"),
        (D(2023, 3, 20), D(2023, 5, 10), "late_renewal_beyond_grace"),
        (D(2024, 5, 31), D(2024, 7, 1), "late_renewal_beyond_grace"),
    ):
        customer = new_customer(company, add_months(end, -12))
        first = company.add_custom_line(customer, add_months(end, -12), 12, 250000, end=end)
        company.add_custom_line(
            customer,
            first.start,
            12,
            -25000,
            end=end,
            quantity=0,
            subscription=first.subscription_id,
        )
        company.add_custom_line(customer, back, 24, 260000, subscription=first.subscription_id)
        company.note(name, customer, f"ended {end}, renewed {back}, {(back - end).days} days")
    for end, name in (
        (D(2026, 6, 1), "in_grace_today"),
        (D(2026, 6, 14), "in_grace_today"),
        (D(2026, 5, 31), "grace_ran_out_today"),
        (D(2026, 5, 25), "grace_ran_out_today"),
    ):
        customer = new_customer(company, add_months(end, -24))
        line = company.add_custom_line(customer, add_months(end, -24), 24, 180000, end=end)
        company.add_custom_line(
            customer,
            add_months(end, -6),
            6,
            -15000,
            end=end,
            quantity=0,
            subscription=line.subscription_id,
        )
        company.note(name, customer, f"ended {end}, no renewal and no notice so far")
    for end in (D(2026, 6, 5), D(2026, 6, 20)):
        customer = new_customer(company, add_months(end, -12))
        line = company.add_custom_line(customer, add_months(end, -12), 12, 160000, end=end)
        line.notice = add_months(end, -2)
        company.note("ended_after_notice", customer, f"ended {end}: notice given, so no grace")


def early_renewals(company: Company) -> None:
    """Terms that replace others before their end."""
    for start, early in (
        (D(2022, 5, 1), D(2024, 2, 15)),
        (D(2023, 9, 12), D(2025, 6, 30)),
        (D(2023, 1, 31), D(2024, 1, 31)),
    ):
        customer = new_customer(company, start, segment="Mid-Market")
        first = company.add_custom_line(customer, start, 36, 410000)
        company.add_custom_line(
            customer,
            early,
            36,
            520000,
            quantity=12,
            subscription=first.subscription_id,
            supersedes=first.line_id,
        )
        company.note("early_renewal", customer, f"replaced on {early} instead of {first.end}")
    for start in (D(2022, 1, 20), D(2023, 7, 1)):
        customer = new_customer(company, start, segment="Mid-Market")
        line = company.add_custom_line(customer, start, 24, 240000)
        for number, months in enumerate((14, 25), start=1):
            line = company.add_custom_line(
                customer,
                add_months(start, months),
                24,
                240000 + 40000 * number,
                supersedes=line.line_id,
                is_open=number == 2,
            )
        company.note("early_renewal", customer, "twice, each time as a new subscription")


def terms(company: Company) -> None:
    """Terms that end together, run for years, or are signed ahead."""
    for start in (D(2022, 4, 1), D(2023, 8, 15)):
        customer = new_customer(company, start)
        base = company.add_custom_line(customer, start, 24, 300000)
        more = company.add_custom_line(
            customer, add_months(start, 9), 15, 90000, quantity=3, end=base.end
        )
        renewal = company.add_custom_line(
            customer, base.end, 24, 400000, quantity=13, subscription=base.subscription_id
        )
        company.note(
            "co_term",
            customer,
            f"{more.line_id} ends with {base.line_id}; {renewal.line_id} renews both",
        )
    for start in (D(2021, 12, 15), D(2024, 3, 31)):
        customer = new_customer(company, start, segment="Enterprise")
        company.add_custom_line(customer, start, 36, 700000, currency="EUR")
        if add_months(start, 36) < AS_OF:
            company.add_custom_line(customer, add_months(start, 36), 36, 735000, currency="EUR")
        company.note("term_multi_year", customer, "three years")
    for end in (D(2026, 8, 31), D(2026, 10, 15)):
        customer = new_customer(company, add_months(end, -12))
        line = company.add_custom_line(customer, add_months(end, -12), 12, 220000, end=end)
        company.add_custom_line(
            customer, end, 12, 240000, subscription=line.subscription_id, quantity=11
        )
        company.note("future_start", customer, f"renewal from {end} is signed already")

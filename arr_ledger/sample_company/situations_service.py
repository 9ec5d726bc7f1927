"""Stripe customers made by hand: time that was paid, free time, moved and silent subscriptions."""

from datetime import date

from .company import Company
from .contracts import StripeCustomer, Subscription

D = date


def add_service_situations(company: Company) -> None:
    """When a subscription is in service."""
    free_time(company)
    replaced_in_trial(company)
    backdated(company)
    rows_and_invoices(company)


def free_time(company: Company) -> None:
    """Free months of a customer who pays: a trial in the middle of a subscription."""
    for start, interval, seats, free, note in (
        (
            D(2024, 8, 14),
            "year",
            10,
            (D(2025, 5, 20), D(2025, 10, 14)),
            "two months beyond the year",
        ),
        (D(2025, 1, 6), "month", 9, (D(2025, 9, 21), D(2025, 11, 6)), "one month beyond October"),
    ):
        customer, subscription = company.buy(start, seats, interval=interval)
        subscription.free_time = free
        company.note("free_time", customer, f"in trial from {free[0]} to {free[1]}: {note}")
    customer, subscription = company.buy(D(2025, 2, 10), 8)
    subscription.free_time = (D(2025, 10, 10), D(2025, 12, 10))
    dearer = company.catalog.list_price("core", "team", "USD", generation=2)
    subscription.items[0].versions.append((D(2025, 10, 10), dearer, 8))
    company.note("free_time", customer, "two free months, then a dearer price: it counts")


def replaced_in_trial(company: Company) -> None:
    """The new subscription is in trial until the time paid for the old one ends."""
    for start, day, paid_until, tier, seats in (
        (D(2025, 1, 15), D(2025, 8, 26), D(2025, 9, 15), "enterprise", 12),
        (D(2025, 3, 20), D(2025, 11, 28), D(2025, 12, 20), "team", 7),
    ):
        customer, old = company.buy(start, seats)
        old.finish(day)
        price = company.catalog.list_price("core", tier, "USD")
        new = company.subscribe(
            customer, day, (price, seats), clock=old.clock, trial_end=paid_until
        )
        new.trial_was_paid_for = True
        company.note("replaced_in_trial", customer, f"on {day}, paid until {paid_until}")


def backdated(company: Company) -> None:
    """Entered later than begun; moved to a subscription that claims the start of the old one."""
    for start, created, seats in (
        (D(2025, 1, 1), D(2025, 3, 12), 10),
        (D(2024, 11, 20), D(2025, 2, 5), 14),
    ):
        customer, subscription = company.buy(start, seats)
        subscription.created = created
        company.note("backdated", customer, f"began {start}, entered and billed from {created}")
    for start, day, generation in (
        (D(2025, 1, 17), D(2025, 6, 17), 1),
        (D(2025, 2, 20), D(2025, 9, 5), 2),
    ):
        customer, old = company.buy(start, 10)
        old.finish(day)
        price = company.catalog.list_price("core", "team", "USD", generation=generation)
        new = company.subscribe(customer, day, (price, 10), clock=old.clock)
        new.stated_start = start
        company.note("moved_and_backdated", customer, f"moved {day}, said to have begun {start}")


def rows_and_invoices(company: Company) -> None:
    """A row that stayed behind, invoices written twice, invoices that stopped."""
    for start, gone in ((D(2025, 3, 14), D(2025, 11, 14)), (D(2025, 5, 27), D(2026, 3, 27))):
        customer, subscription = company.buy(start, 10)
        insights = company.catalog.list_price("insights", "team", "USD")
        item = company.add_item(subscription, start, insights, 6)
        item.removed, item.row_stays = gone, True
        company.note("item_row_stayed", customer, f"Insights last invoiced until {gone}")
    for start, wrong in ((D(2025, 4, 3), D(2025, 8, 3)), (D(2025, 7, 17), D(2026, 2, 17))):
        customer, subscription = company.buy(start, 13)
        subscription.issued_anew = (wrong,)
        company.note("invoice_issued_anew", customer, f"void on {wrong}, anew two days later")
    silent(company, *company.buy(D(2025, 1, 9), 9), D(2025, 8, 9))
    silent(company, *company.buy(D(2024, 3, 18), 7, interval="year"), D(2024, 3, 18))


def silent(
    company: Company, customer: StripeCustomer, subscription: Subscription, last: date
) -> None:
    """Said to be active, and no invoice for long."""
    subscription.last_invoiced = last
    company.note("invoices_stopped", customer, f"active, last invoiced on {last}: a finding")

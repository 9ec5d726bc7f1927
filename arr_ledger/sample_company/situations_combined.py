"""Stripe customers made by hand: discounts that meet tax, tiers, a minimum and free time."""

from datetime import date

from .company import Company
from .situations_pricing import buy_at

D = date
NAME = "discount_meets"


def add_combined_situations(company: Company) -> None:
    """One customer for each pair that an invoice can bring together."""
    prices = company.catalog.prices
    start = D(2025, 3, 10)
    customer = company.add_customer(start, "SMB", "Europe")
    subscription = company.subscribe(customer, start, (prices["core_gross_eur"], 10))
    company.discount(subscription, "quarter_20", start)
    company.note(NAME, customer, "tax in the price: 20 % off for three months")
    company.note("tax_included", customer, "47.60 a seat, of which 7.60 are tax, and a discount")
    for day, price_id, seats, coupon, note in (
        (D(2025, 6, 18), "core_steps_usd", 25, "partner", "a line for each tier: 7 % off"),
        (D(2025, 7, 23), "core_base_usd", 20, "desk", "a flat fee: 10.00 off"),
        (D(2025, 8, 12), "flow_runs_minimum_usd_1", 0, "loyal", "a minimum and usage: 35 % off"),
    ):
        subscription = buy_at(company, day, prices[price_id], seats)
        company.discount(subscription, coupon, day)
        company.note(NAME, subscription.customer, note)
        if not seats:
            company.note("committed_minimum", subscription.customer, "450 a month less 35 %")
    customer, subscription = company.buy(D(2025, 1, 13), 10)
    company.discount(subscription, "partner", D(2025, 1, 13))
    subscription.free_time = (D(2025, 9, 13), D(2025, 11, 13))
    company.note(NAME, customer, "two free months: 7 % off before, meanwhile and after")
    company.note("free_time", customer, "two free months of a discounted subscription")

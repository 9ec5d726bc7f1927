"""Stripe customers made by hand: discounts that the invoices tell better than the coupons do."""

from datetime import date

from .company import Company

D = date
QUARTER = ("month", 3)
YEAR = ("year", 1)


def add_discount_situations(company: Company) -> None:
    """How long a discount lasts, what it is worth, and coupons that changed or are gone."""
    three_months_off(company)
    fixed_amounts(company)
    some_products(company)
    coupons_of_the_past(company)
    stacks(company)


def three_months_off(company: Company) -> None:
    """A coupon for three months lasts as long as what was invoiced in them."""
    for start, given, (interval, count), seats in (
        (D(2025, 1, 23), D(2025, 1, 23), YEAR, 10),
        (D(2024, 10, 29), D(2025, 3, 5), YEAR, 12),
        (D(2025, 2, 17), D(2025, 2, 17), QUARTER, 12),
        (D(2025, 3, 11), D(2025, 4, 30), QUARTER, 10),
        (D(2025, 5, 8), D(2025, 5, 8), ("month", 1), 9),
        (D(2025, 5, 8), D(2025, 7, 20), ("month", 1), 10),
    ):
        customer, subscription = company.buy(start, seats, interval=interval, count=count)
        company.discount(subscription, "quarter_20", given)
        company.note(
            "coupon_as_long_as_its_invoices",
            customer,
            f"20 % for three months from {given}, invoiced every {count} {interval} since {start}",
        )


def fixed_amounts(company: Company) -> None:
    """The same amount off a month and off a year, and in another currency."""
    for start, coupon, region, (interval, count), seats, name in (
        (D(2025, 3, 27), "bundle_usd", "North America", YEAR, 10, "coupon_amount_per_invoice"),
        (D(2025, 7, 9), "desk", "North America", YEAR, 6, "coupon_amount_per_invoice"),
        (D(2025, 6, 3), "desk", "North America", ("month", 1), 8, "coupon_amount_per_invoice"),
        (D(2025, 4, 16), "desk", "Europe", ("month", 1), 10, "coupon_of_many_currencies"),
        (D(2025, 8, 5), "desk", "Europe", YEAR, 5, "coupon_of_many_currencies"),
    ):
        customer, subscription = company.buy(
            start, seats, interval=interval, count=count, region=region
        )
        company.discount(subscription, coupon, start)
        company.note(name, customer, f"{coupon}, invoiced every {interval} in {customer.currency}")


def some_products(company: Company) -> None:
    """Coupons that are good for some products of a subscription."""
    for start, coupon, insights, flows in (
        (D(2025, 1, 14), "insights_half", 10, 0),
        (D(2025, 5, 22), "platform_60", 5, 5),
        (D(2025, 9, 24), "tools_10", 10, 10),
    ):
        customer, subscription = company.buy(start, 10)
        for product, tier, seats in (("insights", "team", insights), ("flows", "standard", flows)):
            if seats:
                company.add_item(
                    subscription, start, company.catalog.list_price(product, tier, "USD"), seats
                )
        company.discount(subscription, coupon, start)
        company.note("coupon_of_some_products", customer, coupon)


def coupons_of_the_past(company: Company) -> None:
    """A coupon that was deleted, and one that was made anew under its id."""
    for start, coupon, tier, (interval, count), seats, name, note in (
        (D(2025, 2, 26), "founders", "starter", ("month", 1), 20, "coupon_deleted", "15 %"),
        (D(2024, 11, 5), "founders", "starter", YEAR, 10, "coupon_deleted", "15 %"),
        (D(2025, 3, 13), "loyal_before", "team", ("month", 1), 12, "coupon_made_anew", "20 %"),
        (D(2025, 1, 30), "loyal_before", "team", YEAR, 10, "coupon_made_anew", "20 %"),
        (D(2026, 3, 4), "loyal", "team", ("month", 1), 10, "coupon_made_anew", "35 % since then"),
    ):
        customer, subscription = company.buy(
            start, seats, tier=tier, interval=interval, count=count
        )
        company.discount(subscription, coupon, start)
        company.note(name, customer, f"{note} taken off every invoice")


def stacks(company: Company) -> None:
    """Two coupons at a time."""
    customer, subscription = stacked(company, D(2025, 4, 2))
    company.discount(subscription, "partner", D(2025, 4, 2))
    company.discount(subscription, "desk", D(2025, 4, 2))
    company.note("coupons_on_one_invoice", customer, "7 %, then 10.00")
    customer, subscription = stacked(company, D(2025, 10, 14))
    company.discount(subscription, "loyal", D(2025, 10, 14))
    company.discount(customer, "group", D(2025, 10, 14))
    company.note(
        "coupons_on_one_invoice", customer, "35 % of the subscription, 5 % of the customer"
    )


def stacked(company: Company, start: date) -> tuple:
    """A customer with ten seats."""
    return company.buy(start, 10)

"""Stripe customers made by hand: a line for each tier, currencies, tax and minimums in a price."""

from datetime import date
from fractions import Fraction

from .catalog import Price
from .company import Company
from .contracts import AloneInvoice, Subscription
from .situations_pricing import buy_at, own_price

D = date
NO_CHANGE: tuple[tuple[date, int], ...] = ()


def add_charge_situations(company: Company) -> None:
    """What an invoice charges, and in which currency."""
    lines_of_graduated_tiers(company)
    flat_fees_and_volumes(company)
    currencies(company)
    charged_in_another_currency(company)
    tax_and_minimums(company)
    amounts_as_text(company)


def buy_in(
    company: Company, start: date, price: Price, seats: int, region: str = "Europe"
) -> Subscription:
    """A new customer who is charged in the currency of the price."""
    customer = company.add_customer(start, "SMB", region, currency=price.currency)
    return company.subscribe(customer, start, (price, seats))


def tiered(company: Company, price_id: str, *tiers: tuple, **values: object) -> Price:
    """A price with tiers of which each has its own invoice line."""
    values = {"tiers_mode": "graduated"} | values
    return own_price(company, price_id, None, tiers=tiers, line_per_tier=True, **values)


def lines_of_graduated_tiers(company: Company) -> None:
    """Graduated tiers, known and unknown; seats change inside a period."""
    monthly = tiered(company, "core_steps_usd", (10, 2000, 0), (40, 1600, 0), (None, 1200, 0))
    yearly = company.catalog.add(
        Price(
            *("core_steps_usd_year", "prod_core", "team", "USD", "year", 1, None),
            tiers=((10, 20000, 0), (None, 15000, 0)),
            tiers_mode="graduated",
            line_per_tier=True,
        )
    )
    unknown = tiered(
        company, "core_steps_lost_usd", (10, 1800, 0), (None, 1400, 0), tiers_land=False
    )
    for name, price, start, seats, changes in (
        ("graduated_lines", monthly, D(2025, 2, 12), 25, ((D(2025, 7, 27), 55),)),
        ("graduated_lines", monthly, D(2025, 4, 24), 55, ((D(2026, 1, 20), 30),)),
        ("graduated_lines", yearly, D(2024, 9, 3), 20, ((D(2025, 3, 18), 45),)),
        ("graduated_lines_without_tiers", unknown, D(2025, 3, 5), 12, ((D(2025, 9, 19), 30),)),
        ("graduated_lines_without_tiers", unknown, D(2025, 8, 19), 18, NO_CHANGE),
    ):
        subscription = buy_at(company, start, price, seats)
        for day, after in changes:
            subscription.items[0].versions.append((day, price, after))
        moved = f", {changes[0][1]} from {changes[0][0]}" if changes else ""
        company.note(name, subscription.customer, f"{seats} seats{moved}, a line for each tier")


def flat_fees_and_volumes(company: Company) -> None:
    """Flat fees on lines of their own, one that stands as a decimal only, and volume tiers."""
    flat = tiered(company, "core_base_usd", (5, 0, 15000), (None, 1200, 0))
    fine = tiered(
        company,
        "core_base_fine_usd",
        (10, 1000, 2550),
        (None, 900, 0),
        flat_is_decimal_only=True,
    )
    volume = tiered(
        company, "core_volume_usd", (20, 1500, 5000), (None, 1100, 8000), tiers_mode="volume"
    )
    for name, price, start, seats, changes in (
        ("tier_flat_fee", flat, D(2025, 1, 21), 20, ((D(2025, 10, 9), 26),)),
        ("tier_flat_fee", fine, D(2025, 6, 13), 14, NO_CHANGE),
        ("volume_lines", volume, D(2025, 4, 14), 18, ((D(2025, 11, 3), 24),)),
        ("volume_lines", volume, D(2025, 9, 8), 30, NO_CHANGE),
    ):
        subscription = buy_at(company, start, price, seats)
        for day, after in changes:
            subscription.items[0].versions.append((day, price, after))
        fee = "as a decimal only" if price is fine else "a line without seats"
        company.note(name, subscription.customer, f"{seats} seats, flat fee: {fee}")


def currencies(company: Company) -> None:
    """Hundredths that a currency does not have, none at all, and thousandths."""
    for currency, cents, seats, region, start in (
        ("UGX", 3500000, 12, "Europe", D(2025, 2, 18)),
        ("ISK", 420000, 15, "Europe", D(2025, 7, 3)),
        ("JPY", 1800, 20, "Asia Pacific", D(2025, 3, 25)),
        ("KWD", 4250, 16, "Asia Pacific", D(2025, 5, 7)),
    ):
        price = company.catalog.add(
            Price(
                *(f"core_team_{currency.lower()}_m1_1", "prod_core", "team", currency),
                *("month", 1, Fraction(cents)),
            )
        )
        subscription = buy_in(company, start, price, seats, region)
        if currency == "KWD":
            subscription.items[0].versions.append((D(2025, 12, 7), price, 17))
        company.note(
            "minor_units", subscription.customer, f"{cents} as Stripe writes it, {seats} seats"
        )


def charged_in_another_currency(company: Company) -> None:
    """A price with more than one currency; an invoice and a win in currencies of their own."""
    price = own_price(company, "core_world_usd", Fraction(3000), options=(("EUR", 2700),))
    in_euro = price.charged_in("EUR")
    for charged, start, seats, more in (
        (in_euro, D(2025, 1, 28), 14, 0),
        (in_euro, D(2025, 5, 16), 9, 11),
        (price, D(2025, 6, 26), 10, 0),
    ):
        region = "Europe" if charged is in_euro else "North America"
        subscription = buy_in(company, start, charged, seats, region)
        if more:
            subscription.items[0].versions.append((D(2025, 12, 16), charged, more))
        company.note(
            "price_of_many_currencies",
            subscription.customer,
            f"the price is in USD, charged in {charged.currency}",
        )
    for start, day, amount in (
        (D(2025, 4, 9), D(2025, 8, 14), 420000),
        (D(2025, 10, 2), D(2026, 2, 3), 150000),
    ):
        customer, _ = company.buy(start, 11)
        company.alone_invoices.append(AloneInvoice(customer, day, amount, "CAD"))
        company.note(
            "invoice_in_another_currency", customer, f"services on {day} in Canadian dollars"
        )
    even = own_price(company, "core_even_usd", Fraction(2750))
    for start, seats in ((D(2025, 3, 19), 12), (D(2025, 11, 11), 20)):
        subscription = buy_at(company, start, even, seats)
        company.note(
            "opportunity_in_another_currency", subscription.customer, "won in Swiss francs"
        )


def tax_and_minimums(company: Company) -> None:
    """A price that includes tax, a meter with a minimum that is owed in any case."""
    with_tax = company.catalog.add(
        Price(
            *("core_gross_eur", "prod_core", "team", "EUR", "month", 1, Fraction(4760)),
            includes_tax=Fraction("0.19"),
        )
    )
    for start, seats, more in ((D(2025, 2, 6), 25, 0), (D(2025, 8, 22), 10, 15)):
        subscription = buy_in(company, start, with_tax, seats)
        if more:
            subscription.items[0].versions.append((D(2026, 2, 22), with_tax, more))
        company.note("tax_included", subscription.customer, "47.60 a seat, of which 7.60 are tax")
    for number, (start, tiers) in enumerate(
        (
            (D(2025, 3, 3), ((1000, 0, 45000), (None, 3, 0))),
            (D(2025, 9, 15), ((500, 0, 12000), (None, 5, 0))),
        )
    ):
        metered = own_price(
            company,
            f"flow_runs_minimum_usd_{number + 1}",
            None,
            product="prod_flow_runs",
            tier="",
            usage_type="metered",
            tiers_mode="graduated",
            tiers=tiers,
            has_minimum=True,
        )
        if number:
            customer, subscription = company.buy(start, 8, product="flows", tier="standard")
            company.add_item(subscription, start, metered, 0)
        else:
            customer = buy_at(company, start, metered, 0).customer
        minimum = tiers[0][2] // 100
        company.note("committed_minimum", customer, f"{minimum} a month, usage beyond it apart")


def amounts_as_text(company: Company) -> None:
    """Whole cents that stand in the decimal columns alone."""
    single = own_price(company, "core_text_usd", Fraction(2150), is_decimal_only=True)
    steps = tiered(
        company, "core_text_steps_usd", (10, 1900, 0), (None, 1500, 0), is_decimal_only=True
    )
    for price, start, seats in ((single, D(2025, 4, 30), 13), (steps, D(2025, 10, 21), 16)):
        subscription = buy_at(company, start, price, seats)
        company.note(
            "decimal_amounts_only",
            subscription.customer,
            "unit_amount is empty, the decimal is not",
        )

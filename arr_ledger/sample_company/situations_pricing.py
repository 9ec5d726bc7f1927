"""Stripe customers made by hand: shapes of prices, coupons of every kind."""

from datetime import date
from fractions import Fraction

from .catalog import Price
from .company import Company
from .contracts import Spell, Subscription
from .days import add_days, add_months

D = date
STEPS = ((50, 3000, 0), (150, 2500, 10000), (None, 2000, 0))


def add_pricing_situations(company: Company) -> None:
    """Tiers, packages, usage, free plans and discounts."""
    tiered_prices(company)
    unusual_prices(company)
    other_charges(company)
    coupons(company)
    coupons_with_something_else(company)


def own_price(
    company: Company,
    price_id: str,
    cents: Fraction | None,
    *,
    product: str = "prod_core",
    tier: str = "team",
    **values: object,
) -> Price:
    """A monthly price in US dollars that is not on the price list."""
    return company.catalog.add(Price(price_id, product, tier, "USD", "month", 1, cents, **values))


def buy_at(
    company: Company, start: date, price: Price, seats: int, segment: str = "SMB"
) -> Subscription:
    """A new customer at a price of its own."""
    customer = company.add_customer(start, segment, "North America")
    return company.subscribe(customer, start, (price, seats))


def tiered_prices(company: Company) -> None:
    """Graduated and volume tiers, with and without a flat fee; tiers that never landed."""
    for mode, flat in (("graduated", 0), ("graduated", 1), ("volume", 0), ("volume", 1)):
        tiers = tuple((up_to, unit, fee * flat) for up_to, unit, fee in STEPS)
        price = own_price(company, f"core_{mode}_usd_{flat}", None, tiers=tiers, tiers_mode=mode)
        subscription = buy_at(company, D(2022, 9, 6), price, 50, "Mid-Market")
        for since, seats in ((D(2023, 2, 6), 51), (D(2023, 9, 20), 170), (D(2025, 1, 6), 150)):
            subscription.items[0].versions.append((since, price, seats))
        note = f"50, 51, 170, 150 seats, flat fee {'yes' if flat else 'no'}"
        company.note(f"tiered_{mode}", subscription.customer, note)
    lost = own_price(
        company,
        "core_tiers_lost_usd",
        None,
        tiers=((20, 2800, 0), (None, 2200, 0)),
        tiers_mode="graduated",
        tiers_land=False,
    )
    for seats in (25, 60):
        subscription = buy_at(company, D(2022, 11, 2), lost, seats)
        subscription.items[0].versions.append((D(2024, 3, 2), lost, seats + 10))
        note = "tiers never landed: the invoiced line is the price"
        company.note("tiers_not_landed", subscription.customer, note)


def unusual_prices(company: Company) -> None:
    """Fractions of a cent, packages, deleted prices."""
    for cents, seats in ((Fraction("12.5"), 3001), (Fraction("0.25"), 90002)):
        price = own_price(
            company, f"flows_fine_{seats}", cents, product="prod_flows", tier="standard"
        )
        subscription = buy_at(company, D(2023, 3, 8), price, seats)
        note = f"{seats} units at {float(cents)} cents"
        company.note("fraction_of_a_cent", subscription.customer, note)
    package = own_price(company, "core_packs_usd", Fraction(29000), divide_by=10)
    for seats in (31, 40):
        subscription = buy_at(company, D(2023, 10, 12), package, seats)
        note = f"{seats} seats in packages of ten, rounded up"
        company.note("package_of_ten", subscription.customer, note)
    deleted = own_price(company, "core_oldest_usd", Fraction(1900), tier="starter", is_deleted=True)
    for seats in (11, 27):
        subscription = buy_at(company, D(2021, 8, 3), deleted, seats)
        note = "the price is deleted, the subscription runs on"
        company.note("deleted_price", subscription.customer, note)


def other_charges(company: Company) -> None:
    """Metered and one-time charges, a free plan."""
    metered = own_price(
        company,
        "flow_runs_metered_usd",
        Fraction(3),
        product="prod_flow_runs",
        tier="",
        usage_type="metered",
    )
    for start in (D(2023, 1, 16), D(2024, 5, 7)):
        customer, subscription = company.buy(
            start, 60, product="flows", tier="standard", segment="Mid-Market"
        )
        company.add_item(subscription, start, metered, 0)
        company.note("usage", customer, "metered flow runs beside a committed product")
    for start in (D(2021, 9, 14), D(2022, 5, 3), D(2024, 11, 19)):
        customer, subscription = company.buy(
            start, 130, interval="year", segment="Mid-Market", tier="enterprise"
        )
        subscription.one_time.append((add_days(start, 12), "Implementation", 950000))
        company.note("services_one_time", customer, "implementation invoiced once")
    for start, upgrade in (
        (D(2022, 2, 8), None),
        (D(2022, 6, 8), D(2023, 6, 8)),
        (D(2023, 3, 2), D(2023, 8, 21)),
    ):
        customer, subscription = company.buy(start, 8, tier="free")
        if upgrade:
            price = company.catalog.list_price("core", "starter", "USD", "month", 1, 2)
            subscription.items[0].versions.append((upgrade, price, 15))
        company.note("free_plan", customer, f"paid from {upgrade}" if upgrade else "never paid")


def coupons(company: Company) -> None:
    """Discounts of every duration and level, alone and stacked."""
    for start, coupon in ((D(2023, 2, 13), "welcome_once"), (D(2024, 6, 4), "credit_once")):
        customer, subscription = company.buy(start, 20)
        company.discount(subscription, coupon, start)
        company.note("coupon_once", customer, f"{coupon}: no effect on ARR")
    for start, coupon in (
        (D(2022, 10, 31), "launch_6m"),
        (D(2023, 8, 31), "launch_6m"),
        (D(2024, 2, 29), "launch_12m"),
        (D(2025, 9, 15), "launch_12m"),
        (D(2024, 5, 20), "bridge_3m"),
    ):
        customer, subscription = company.buy(start, 31)
        company.discount(subscription, coupon, start)
        company.note("coupon_repeating", customer, f"{coupon} from {start}")
    for start, end in ((D(2022, 4, 5), None), (D(2021, 11, 9), D(2024, 8, 12))):
        customer, subscription = company.buy(start, 45, interval="year")
        company.discount(subscription, "nonprofit", start, end)
        company.note("coupon_forever", customer, f"removed on {end}" if end else "still runs")
    for start, region in ((D(2022, 7, 19), "North America"), (D(2023, 11, 27), "Europe")):
        customer, subscription = company.buy(start, 37, region=region)
        insights = company.catalog.list_price("insights", "team", customer.currency)
        item = company.add_item(subscription, start, insights, 13)
        company.discount(subscription, "launch_6m", start, item=item)
        company.discount(subscription, "partner", start)
        company.discount(customer, "group", add_months(start, 2))
        company.note("coupons_stacked", customer, "item, subscription and customer level")
    for start, region, coupon in (
        (D(2022, 8, 23), "North America", "bundle_usd"),
        (D(2023, 5, 30), "Europe", "bundle_eur"),
    ):
        customer, subscription = company.buy(start, 17, region=region)
        insights = company.catalog.list_price("insights", "team", customer.currency)
        company.add_item(subscription, start, insights, 7)
        flows = company.catalog.list_price("flows", "standard", customer.currency)
        company.add_item(subscription, add_days(add_months(start, 9), 6), flows, 9)
        company.discount(subscription, coupon, start)
        company.note("amount_off_over_items", customer, "two items, later three")
    customer, subscription = company.buy(D(2023, 4, 18), 24)
    company.discount(subscription, "bridge_3m", D(2023, 4, 18))
    company.discount(subscription, "partner", D(2023, 5, 18))
    company.note("coupons_stacked", customer, "amount off first, then a percentage")
    for start in (D(2022, 12, 6), D(2024, 3, 12)):
        customer, subscription = company.buy(start, 55, interval="year", segment="Mid-Market")
        company.discount(customer, "group", start)
        company.note("coupon_of_customer", customer, "customer level, all subscriptions")


def coupons_with_something_else(company: Company) -> None:
    """A discount of everything, through a pause, in a trial, while seats change."""
    for start, coupon in ((D(2023, 10, 3), "free_3m"), (D(2024, 11, 30), "free_3m")):
        customer, subscription = company.buy(start, 26)
        company.discount(subscription, coupon, start)
        company.note("free_by_coupon", customer, f"nothing to pay for three months from {start}")
    for seats in (15, 34):
        customer, subscription = company.buy(D(2023, 2, 7), seats)
        company.discount(subscription, "nonprofit", D(2023, 2, 7))
        subscription.spells.append(Spell("void", D(2023, 9, 18), D(2024, 1, 9)))
        company.note("pause", customer, "with a discount that runs on")
        company.note("coupon_through_pause", customer, "30 % off before and after the pause")
    for start, trial_end in ((D(2022, 5, 11), D(2022, 6, 10)), (D(2025, 1, 31), D(2025, 3, 2))):
        customer, subscription = company.buy(start, 41, trial_end=trial_end)
        company.discount(subscription, "launch_6m", start)
        company.note("coupon_in_trial", customer, f"six months from {start}, trial to {trial_end}")
    for start in (D(2022, 3, 31), D(2023, 12, 31)):
        customer, subscription = company.buy(start, 33, interval="year", segment="Mid-Market")
        company.discount(subscription, "partner", start)
        price = subscription.items[0].versions[0][1]
        changed = add_days(add_months(start, 5), 9)
        subscription.items[0].versions.append((changed, price, 47))
        company.note("coupon_and_seats_up", customer, f"7 % off, 33 to 47 seats on {changed}")

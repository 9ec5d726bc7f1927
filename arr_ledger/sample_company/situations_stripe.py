"""Stripe customers made by hand, so that every situation of the metric contract occurs at least twice."""

from datetime import date
from fractions import Fraction

from .catalog import Price
from .company import Company
from .contracts import Spell, StripeCustomer, Subscription
from .days import add_days, add_months

D = date


def add_stripe_situations(company: Company) -> None:
    """Every situation of the Stripe book."""
    boundaries(company)
    terms(company)
    shapes_of_prices(company)
    coupons(company)
    changes(company)
    states(company)
    endings(company)
    rows_that_carry_nothing(company)


def buy(
    company: Company, start: date, seats: int, *, segment: str = "SMB", region: str = "North America",
    product: str = "core", tier: str = "team", interval: str = "month", count: int = 1, clock: str = "",
    trial_end: date | None = None, linked: bool = True,
) -> tuple[StripeCustomer, Subscription]:
    """A customer with one subscription of one item at a list price."""
    customer = company.add_customer(start, segment, region, linked=linked)
    price = company.catalog.list_price(product, tier, customer.currency, interval, count)
    return customer, company.subscribe(customer, start, (price, seats), clock=clock, trial_end=trial_end)


def finish(subscription: Subscription, end: date, notice: date | None = None) -> None:
    """End a subscription; without a notice it ends at once."""
    subscription.end, subscription.notice = end, notice or end
    subscription.cancels_at_period_end = bool(notice)


def boundaries(company: Company) -> None:
    """Month ends, leap days, starts and ends in one month."""
    for start, end in ((D(2023, 5, 4), D(2023, 5, 25)), (D(2024, 2, 2), D(2024, 2, 29))):
        customer, subscription = buy(company, start, 12)
        finish(subscription, end)
        company.note("inside_one_month", customer, f"{start} to {end}: no ARR at any month end")
    for start, clock in ((D(2022, 1, 31), "23:59:59"), (D(2023, 8, 31), "11:00:00"), (D(2022, 11, 30), "00:00:00")):
        customer, subscription = buy(company, start, 14, clock=clock)
        company.note("month_end_anchor", customer, f"starts on {start} at {clock}")
    for start in (D(2024, 2, 29), D(2024, 2, 29)):
        customer, subscription = buy(company, start, 22, interval="year")
        company.note("leap_day_start", customer, "renews on 28 February")
    for end in (D(2024, 2, 29), D(2024, 3, 1)):
        customer, subscription = buy(company, D(2023, 6, 1), 9, clock="00:00:00")
        finish(subscription, end)
        company.note("leap_day_end", customer, f"first day without service {end}")
    for end, clock in ((D(2023, 6, 30), "23:59:59"), (D(2024, 10, 31), "00:00:00")):
        customer, subscription = buy(company, add_months(end, -15), 10, clock=clock)
        finish(subscription, end)
        company.note("ends_on_last_day_of_month", customer, f"{end}: not in that month's closing")
    for end in (D(2023, 7, 1), D(2025, 1, 1)):
        customer, subscription = buy(company, add_months(end, -9), 10, clock="00:00:00")
        finish(subscription, end)
        company.note("ends_on_first_of_next_month", customer, f"{end}: still in the month before")


def terms(company: Company) -> None:
    """Terms other than a month and a year."""
    for interval, count, name, seats in (
        ("week", 1, "weekly", 20), ("week", 2, "weekly", 15), ("day", 1, "daily", 30), ("day", 30, "daily", 25),
        ("month", 3, "quarterly", 40), ("month", 3, "quarterly", 18), ("month", 6, "half_yearly", 33),
        ("year", 2, "multi_year", 120), ("year", 3, "multi_year", 210),
    ):
        start = D(2022, 3, 17) if name != "daily" else D(2024, 4, 11)
        segment = "Enterprise" if name == "multi_year" else "SMB"
        customer, subscription = buy(company, start, seats, interval=interval, count=count, segment=segment)
        if name == "daily" and count == 1:
            finish(subscription, D(2024, 7, 9))
        if name == "weekly":
            finish(subscription, D(2024, 1, 11) if count == 1 else D(2023, 9, 14))
        company.note(f"term_{name}", customer, f"every {count} {interval}")


def shapes_of_prices(company: Company) -> None:
    """Tiers, fractions of a cent, packages, metered and one-time prices, a free plan."""
    add = company.catalog.add
    steps = ((50, 3000, 0), (150, 2500, 10000), (None, 2000, 0))
    for mode, flat in (("graduated", 0), ("graduated", 1), ("volume", 0), ("volume", 1)):
        tiers = tuple((up_to, unit, fee * flat) for up_to, unit, fee in steps)
        price = add(Price(
            f"core_{mode}_usd_{flat}", "prod_core", "team", "USD", "month", 1, None, tiers, mode,
        ))
        customer = company.add_customer(D(2022, 9, 6), "Mid-Market", "North America")
        subscription = company.subscribe(customer, D(2022, 9, 6), (price, 50))
        for since, seats in ((D(2023, 2, 6), 51), (D(2023, 9, 20), 170), (D(2025, 1, 6), 150)):
            subscription.items[0].versions.append((since, price, seats))
        company.note(f"tiered_{mode}", customer, f"50, 51, 170, 150 seats, flat fee {'yes' if flat else 'no'}")
    tiers = ((20, 2800, 0), (None, 2200, 0))
    lost = add(Price(
        "core_tiers_lost_usd", "prod_core", "team", "USD", "month", 1, None, tiers, "graduated", tiers_land=False,
    ))
    for seats in (25, 60):
        customer = company.add_customer(D(2022, 11, 2), "SMB", "North America")
        subscription = company.subscribe(customer, D(2022, 11, 2), (lost, seats))
        subscription.items[0].versions.append((D(2024, 3, 2), lost, seats + 10))
        company.note("tiers_not_landed", customer, "tiers never landed: the invoiced line is the price")
    for cents, seats in ((Fraction("12.5"), 3001), (Fraction("0.25"), 90002)):
        price = add(Price(f"flows_fine_{seats}", "prod_flows", "standard", "USD", "month", 1, cents))
        customer = company.add_customer(D(2023, 3, 8), "SMB", "North America")
        company.subscribe(customer, D(2023, 3, 8), (price, seats))
        company.note("fraction_of_a_cent", customer, f"{seats} units at {float(cents)} cents")
    package = add(Price("core_packs_usd", "prod_core", "team", "USD", "month", 1, Fraction(29000), divide_by=10))
    for seats in (31, 40):
        customer = company.add_customer(D(2023, 10, 12), "SMB", "North America")
        company.subscribe(customer, D(2023, 10, 12), (package, seats))
        company.note("package_of_ten", customer, f"{seats} seats in packages of ten, rounded up")
    metered = add(Price(
        "flow_runs_metered_usd", "prod_flow_runs", "", "USD", "month", 1, Fraction(3), usage_type="metered",
    ))
    for start in (D(2023, 1, 16), D(2024, 5, 7)):
        customer, subscription = buy(company, start, 60, product="flows", tier="standard", segment="Mid-Market")
        company.add_item(subscription, start, metered, 0)
        company.note("usage", customer, "metered flow runs beside a committed product")
    for start in (D(2021, 9, 14), D(2022, 5, 3), D(2024, 11, 19)):
        customer, subscription = buy(company, start, 130, interval="year", segment="Mid-Market", tier="enterprise")
        subscription.one_time.append((add_days(start, 12), "Implementation", 950000))
        company.note("services_one_time", customer, "implementation invoiced once")
    for start, upgrade in ((D(2022, 2, 8), None), (D(2022, 6, 8), D(2023, 6, 8)), (D(2023, 3, 2), D(2023, 8, 21))):
        customer, subscription = buy(company, start, 8, tier="free")
        if upgrade:
            price = company.catalog.list_price("core", "starter", "USD", "month", 1, 2)
            subscription.items[0].versions.append((upgrade, price, 15))
        company.note("free_plan", customer, f"paid from {upgrade}" if upgrade else "never paid")
    deleted = add(Price(
        "core_oldest_usd", "prod_core", "starter", "USD", "month", 1, Fraction(1900), is_deleted=True,
    ))
    for seats in (11, 27):
        customer = company.add_customer(D(2021, 8, 3), "SMB", "North America")
        company.subscribe(customer, D(2021, 8, 3), (deleted, seats))
        company.note("deleted_price", customer, "the price is deleted, the subscription runs on")


def coupons(company: Company) -> None:
    """Discounts of every duration and level, alone and stacked."""
    for start, coupon in ((D(2023, 2, 13), "welcome_once"), (D(2024, 6, 4), "credit_once")):
        customer, subscription = buy(company, start, 20)
        company.discount(subscription, coupon, start)
        company.note("coupon_once", customer, f"{coupon}: no effect on ARR")
    for start, coupon in (
        (D(2022, 10, 31), "launch_6m"), (D(2023, 8, 31), "launch_6m"), (D(2024, 2, 29), "launch_12m"),
        (D(2025, 9, 15), "launch_12m"), (D(2024, 5, 20), "bridge_3m"),
    ):
        customer, subscription = buy(company, start, 31)
        company.discount(subscription, coupon, start)
        company.note("coupon_repeating", customer, f"{coupon} from {start}")
    for start, end in ((D(2022, 4, 5), None), (D(2021, 11, 9), D(2024, 8, 12))):
        customer, subscription = buy(company, start, 45, interval="year")
        company.discount(subscription, "nonprofit", start, end)
        company.note("coupon_forever", customer, f"removed on {end}" if end else "still runs")
    for start, region in ((D(2022, 7, 19), "North America"), (D(2023, 11, 27), "Europe")):
        customer, subscription = buy(company, start, 37, region=region)
        insights = company.catalog.list_price("insights", "team", customer.currency)
        item = company.add_item(subscription, start, insights, 13)
        company.discount(subscription, "launch_6m", start, item=item)
        company.discount(subscription, "partner", start)
        company.discount(customer, "group", add_months(start, 2))
        company.note("coupons_stacked", customer, "item, subscription and customer level")
    for start, region, coupon in (
        (D(2022, 8, 23), "North America", "bundle_usd"), (D(2023, 5, 30), "Europe", "bundle_eur"),
    ):
        customer, subscription = buy(company, start, 17, region=region)
        insights = company.catalog.list_price("insights", "team", customer.currency)
        company.add_item(subscription, start, insights, 7)
        flows = company.catalog.list_price("flows", "standard", customer.currency)
        company.add_item(subscription, add_days(add_months(start, 9), 6), flows, 9)
        company.discount(subscription, coupon, start)
        company.note("amount_off_over_items", customer, "two items, later three")
    customer, subscription = buy(company, D(2023, 4, 18), 24)
    company.discount(subscription, "bridge_3m", D(2023, 4, 18))
    company.discount(subscription, "partner", D(2023, 5, 18))
    company.note("coupons_stacked", customer, "amount off first, then a percentage")
    for start in (D(2022, 12, 6), D(2024, 3, 12)):
        customer, subscription = buy(company, start, 55, interval="year", segment="Mid-Market")
        company.discount(customer, "group", start)
        company.note("coupon_of_customer", customer, "customer level, all subscriptions")


def changes(company: Company) -> None:
    """Prices, seats, tiers, products: one pair of customers each."""
    listed = company.catalog.list_price
    for start, day in ((D(2022, 6, 14), D(2023, 6, 14)), (D(2023, 9, 1), D(2024, 9, 1))):
        customer, subscription = buy(company, start, 80, interval="year", segment="Mid-Market")
        subscription.items[0].versions.append((day, listed("core", "team", "USD", "year", 1, 3), 80))
        company.note("price_rise", customer, f"at renewal on {day}")
    for day, seats, name in (
        (D(2023, 10, 19), 44, "seats_up"), (D(2024, 4, 30), 70, "seats_up"),
        (D(2023, 12, 21), 19, "seats_down"), (D(2025, 3, 31), 11, "seats_down"),
    ):
        customer, subscription = buy(company, D(2023, 1, 25), 30, interval="year")
        price = subscription.items[0].versions[0][1]
        subscription.items[0].versions.append((day, price, seats))
        company.note(name, customer, f"30 to {seats} seats in mid-term on {day}")
    for day, before, after in (
        (D(2023, 7, 12), "starter", "team"), (D(2024, 1, 12), "team", "enterprise"),
        (D(2024, 9, 24), "enterprise", "team"), (D(2025, 2, 12), "team", "starter"),
    ):
        customer, subscription = buy(company, D(2022, 7, 12), 40, tier=before)
        subscription.items[0].versions.append((day, listed("core", after, "USD"), 44))
        company.note("tier_change", customer, f"{before} to {after}, 40 to 44 seats, on {day}")
    for day, replaces in ((D(2023, 11, 8), False), (D(2024, 2, 17), True), (D(2024, 6, 5), True)):
        customer, subscription = buy(company, D(2022, 2, 5), 26, product="classic", tier="standard")
        core = listed("core", "team", "USD")
        if replaces:
            subscription.items[0].removed = day
            company.add_item(subscription, day, core, 26)
        else:
            subscription.items[0].versions.append((day, core, 26))
        company.note("sku_migration", customer, "item replaced" if replaces else "same item, new price")
    for added, dropped in ((D(2023, 2, 10), D(2024, 5, 10)), (D(2023, 6, 3), D(2024, 11, 22)), (D(2024, 1, 10), D(2026, 2, 10))):
        customer, subscription = buy(company, D(2022, 5, 10), 50)
        item = company.add_item(subscription, added, listed("insights", "team", "USD"), 25)
        item.removed = dropped
        company.note("cross_sell", customer, f"Insights on {added}")
        company.note("product_drop", customer, f"Insights on {dropped}")
    for seats in (33, 21):
        customer, subscription = buy(company, D(2024, 8, 14), 25)
        price = subscription.items[0].versions[0][1]
        subscription.items[0].versions.append((D(2026, 6, 30), price, seats))
        subscription.silent_change = True
        company.note("change_not_yet_invoiced", customer, f"{seats} seats since 2026-06-30")


def states(company: Company) -> None:
    """Pauses, trials, overdue invoices."""
    for kind, start, end in (
        ("void", D(2023, 8, 22), D(2023, 11, 6)), ("void", D(2024, 4, 20), D(2024, 5, 12)),
        ("keep_as_draft", D(2024, 10, 9), D(2025, 1, 15)), ("mark_uncollectible", D(2023, 3, 28), D(2023, 4, 19)),
        ("void", D(2026, 3, 18), None),
    ):
        customer, subscription = buy(company, D(2022, 10, 4), 29)
        subscription.spells.append(Spell(kind, start, end))
        company.note("pause", customer, f"{kind} from {start} to {end}")
    for start, trial_end in ((D(2023, 4, 17), D(2023, 5, 17)), (D(2024, 1, 30), D(2024, 2, 29))):
        customer, _ = buy(company, start, 16, trial_end=trial_end)
        company.note("trial_then_paid", customer, f"trial until {trial_end}")
        customer, subscription = buy(company, start, 21, trial_end=trial_end)
        finish(subscription, trial_end, add_days(trial_end, -4))
        company.note("trial_never_converts", customer, f"trial until {trial_end}")
    for start in (D(2026, 6, 9), D(2026, 6, 22)):
        customer, subscription = buy(company, start, 18, trial_end=add_days(start, 30))
        subscription.trial_is_invoiced = False
        company.note("trial_running", customer, "in trial today, never invoiced")
    for start, end in ((D(2026, 6, 4), None), (D(2024, 3, 15), D(2024, 4, 8)), (D(2026, 5, 20), None)):
        customer, subscription = buy(company, D(2023, 6, 15), 35)
        subscription.spells.append(Spell("past_due", start, end))
        company.note("past_due", customer, f"from {start} to {end}: counts")
    for start, recovers, end in (
        (D(2024, 5, 14), None, D(2024, 9, 14)), (D(2025, 4, 10), None, D(2025, 6, 25)), (D(2024, 7, 10), D(2024, 9, 27), None),
    ):
        customer, subscription = buy(company, D(2023, 5, 10), 28)
        subscription.spells.append(Spell("past_due", add_days(start, -20), start))
        subscription.spells.append(Spell("unpaid", start, recovers or end))
        if end:
            finish(subscription, end)
        company.note("unpaid", customer, f"from {start}, {'recovers ' + str(recovers) if recovers else 'then lost'}")


def endings(company: Company) -> None:
    """Cancellations, returns, a gap short enough to be a late renewal."""
    for start, months in ((D(2024, 9, 16), 24), (D(2025, 11, 21), 12)):
        customer, subscription = buy(company, start, 42, interval="year")
        finish(subscription, add_months(start, months), D(2026, 5, 11))
        company.note("cancel_at_period_end_future", customer, f"ends on {subscription.end}")
    for start in (D(2023, 10, 20), D(2024, 12, 2)):
        customer, subscription = buy(company, start, 38, interval="year")
        finish(subscription, add_months(start, 12), add_months(start, 2))
        company.note("notice_long_before_end", customer, "notice ten months ahead")
    customer, subscription = buy(company, D(2023, 3, 6), 52, interval="year", count=3, segment="Mid-Market")
    finish(subscription, D(2027, 3, 6), D(2025, 12, 1))
    subscription.cancels_at_period_end = False
    company.note("notice_long_before_end", customer, "cancel_at fifteen months ahead")
    for end, back in ((D(2023, 6, 12), D(2023, 9, 4)), (D(2024, 1, 20), D(2025, 3, 3))):
        customer, subscription = buy(company, D(2022, 9, 12), 23)
        finish(subscription, end, add_days(end, -9))
        price = company.catalog.list_price("core", "team", customer.currency, generation=2)
        company.subscribe(customer, back, (price, 27))
        company.note("reactivation", customer, f"away from {end} to {back}")
    for end, back in ((D(2023, 4, 21), D(2023, 5, 9)), (D(2024, 8, 19), D(2024, 9, 18))):
        customer, subscription = buy(company, D(2022, 8, 19), 32)
        finish(subscription, end)
        price = company.catalog.list_price("core", "team", customer.currency, generation=2)
        company.subscribe(customer, back, (price, 32))
        company.note("late_renewal_in_grace", customer, f"cancelled {end}, signed again {back}")
    customer, subscription = buy(company, D(2022, 8, 25), 32)
    finish(subscription, D(2024, 8, 25))
    price = company.catalog.list_price("core", "team", customer.currency, generation=2)
    company.subscribe(customer, D(2024, 9, 25), (price, 32))
    company.note("late_renewal_beyond_grace", customer, "31 days: one more than the grace")


def rows_that_carry_nothing(company: Company) -> None:
    """Test mode, incomplete, deleted, without a CRM account."""
    for seats in (900, 450):
        customer, subscription = buy(company, D(2024, 4, 2), seats, linked=False)
        customer.livemode = subscription.livemode = False
        company.note("test_mode", customer, "livemode is false")
    for start in (D(2023, 7, 18), D(2025, 5, 14)):
        customer, subscription = buy(company, start, 19)
        subscription.is_incomplete = True
        company.note("incomplete_expired", customer, "the first invoice was never paid")
    for start in (D(2022, 1, 13), D(2023, 5, 22)):
        customer, subscription = buy(company, start, 13)
        finish(subscription, add_months(start, 14))
        customer.is_deleted = True
        company.note("deleted_customer", customer, "deleted after its end; the history stays")
        customer, subscription = buy(company, start, 12)
        finish(subscription, add_months(start, 17))
        subscription.is_gone_upstream = True
        company.note("no_active_history_row", customer, "the newest row is the last state")
    for start in (D(2022, 6, 21), D(2024, 9, 10)):
        customer, _ = buy(company, start, 34, linked=False)
        company.note("no_crm_account", customer, "segment, industry and region unknown")

"""Stripe customers made by hand: calendar, changes, states, endings, rows without ARR."""

from datetime import date

from .company import Company
from .contracts import Spell
from .days import add_days, add_months

D = date


def add_stripe_situations(company: Company) -> None:
    """Every situation of the Stripe book."""
    boundaries(company)
    terms(company)
    changes(company)
    states(company)
    endings(company)
    rows_that_carry_nothing(company)


def boundaries(company: Company) -> None:
    """Month ends, leap days, starts and ends in one month."""
    for start, end in ((D(2023, 5, 4), D(2023, 5, 25)), (D(2024, 2, 2), D(2024, 2, 29))):
        customer, subscription = company.buy(start, 12)
        subscription.finish(end)
        company.note("inside_one_month", customer, f"{start} to {end}: no ARR at any month end")
    for start, clock in (
        (D(2022, 1, 31), "23:59:59"),
        (D(2023, 8, 31), "11:00:00"),
        (D(2022, 11, 30), "00:00:00"),
    ):
        customer, subscription = company.buy(start, 14, clock=clock)
        company.note("month_end_anchor", customer, f"starts on {start} at {clock}")
    for start in (D(2024, 2, 29), D(2024, 2, 29)):
        customer, subscription = company.buy(start, 22, interval="year")
        company.note("leap_day_start", customer, "renews on 28 February")
    for end in (D(2024, 2, 29), D(2024, 3, 1)):
        customer, subscription = company.buy(D(2023, 6, 1), 9, clock="00:00:00")
        subscription.finish(end)
        company.note("leap_day_end", customer, f"first day without service {end}")
    for end, clock in ((D(2023, 6, 30), "23:59:59"), (D(2024, 10, 31), "00:00:00")):
        customer, subscription = company.buy(add_months(end, -15), 10, clock=clock)
        subscription.finish(end)
        company.note("ends_on_last_day_of_month", customer, f"{end}: not in that month's closing")
    for end in (D(2023, 7, 1), D(2025, 1, 1)):
        customer, subscription = company.buy(add_months(end, -9), 10, clock="00:00:00")
        subscription.finish(end)
        company.note("ends_on_first_of_next_month", customer, f"{end}: still in the month before")


def terms(company: Company) -> None:
    """Terms other than a month and a year."""
    for interval, count, name, seats in (
        ("week", 1, "weekly", 20),
        ("week", 2, "weekly", 15),
        ("day", 1, "daily", 30),
        ("day", 30, "daily", 25),
        ("month", 3, "quarterly", 40),
        ("month", 3, "quarterly", 18),
        ("month", 6, "half_yearly", 33),
        ("month", 6, "half_yearly", 12),
        ("year", 2, "multi_year", 120),
        ("year", 3, "multi_year", 210),
    ):
        start = D(2022, 3, 17) if name != "daily" else D(2024, 4, 11)
        segment = "Enterprise" if name == "multi_year" else "SMB"
        customer, subscription = company.buy(
            start, seats, interval=interval, count=count, segment=segment
        )
        if name == "daily" and count == 1:
            subscription.finish(D(2024, 7, 9))
        if name == "weekly":
            subscription.finish(D(2024, 1, 11) if count == 1 else D(2023, 9, 14))
        company.note(f"term_{name}", customer, f"every {count} {interval}")


def changes(company: Company) -> None:
    """Prices, seats, tiers, products: one pair of customers each."""
    listed = company.catalog.list_price
    for start, day in ((D(2022, 6, 14), D(2023, 6, 14)), (D(2023, 9, 1), D(2024, 9, 1))):
        customer, subscription = company.buy(start, 80, interval="year", segment="Mid-Market")
        subscription.items[0].versions.append(
            (day, listed("core", "team", "USD", "year", 1, 3), 80)
        )
        company.note("price_rise", customer, f"at renewal on {day}")
    for day, seats, name in (
        (D(2023, 10, 19), 44, "seats_up"),
        (D(2024, 4, 30), 70, "seats_up"),
        (D(2023, 12, 21), 19, "seats_down"),
        (D(2025, 3, 31), 11, "seats_down"),
    ):
        customer, subscription = company.buy(D(2023, 1, 25), 30, interval="year")
        price = subscription.items[0].versions[0][1]
        subscription.items[0].versions.append((day, price, seats))
        company.note(name, customer, f"30 to {seats} seats in mid-term on {day}")
    for day, before, after in (
        (D(2023, 7, 12), "starter", "team"),
        (D(2024, 1, 12), "team", "enterprise"),
        (D(2024, 9, 24), "enterprise", "team"),
        (D(2025, 2, 12), "team", "starter"),
    ):
        customer, subscription = company.buy(D(2022, 7, 12), 40, tier=before)
        subscription.items[0].versions.append((day, listed("core", after, "USD"), 44))
        company.note("tier_change", customer, f"{before} to {after}, 40 to 44 seats, on {day}")
    for day, replaces in ((D(2023, 11, 8), False), (D(2024, 2, 17), True), (D(2024, 6, 5), True)):
        customer, subscription = company.buy(D(2022, 2, 5), 26, product="classic", tier="standard")
        core = listed("core", "team", "USD")
        if replaces:
            subscription.items[0].removed = day
            company.add_item(subscription, day, core, 26)
        else:
            subscription.items[0].versions.append((day, core, 26))
        company.note(
            "sku_migration", customer, "item replaced" if replaces else "same item, new price"
        )
    for added, dropped in (
        (D(2023, 2, 10), D(2024, 5, 10)),
        (D(2023, 6, 3), D(2024, 11, 22)),
        (D(2024, 1, 10), D(2026, 2, 10)),
    ):
        customer, subscription = company.buy(D(2022, 5, 10), 50)
        item = company.add_item(subscription, added, listed("insights", "team", "USD"), 25)
        item.removed = dropped
        company.note("cross_sell", customer, f"Insights on {added}")
        company.note("product_drop", customer, f"Insights on {dropped}")
    for seats in (33, 21):
        customer, subscription = company.buy(D(2024, 8, 14), 25)
        price = subscription.items[0].versions[0][1]
        subscription.items[0].versions.append((D(2026, 6, 30), price, seats))
        subscription.silent_change = True
        company.note("change_not_yet_invoiced", customer, f"{seats} seats since 2026-06-30")


def states(company: Company) -> None:
    """Pauses, trials, overdue invoices."""
    for kind, start, end in (
        ("void", D(2023, 8, 22), D(2023, 11, 6)),
        ("void", D(2024, 4, 20), D(2024, 5, 12)),
        ("keep_as_draft", D(2024, 10, 9), D(2025, 1, 15)),
        ("mark_uncollectible", D(2023, 3, 28), D(2023, 4, 19)),
        ("void", D(2026, 3, 18), None),
        ("void", D(2026, 6, 11), None),
    ):
        customer, subscription = company.buy(D(2022, 10, 4), 29)
        subscription.spells.append(Spell(kind, start, end))
        company.note("pause", customer, f"{kind} from {start} to {end}")
    for start, trial_end in ((D(2023, 4, 17), D(2023, 5, 17)), (D(2024, 1, 30), D(2024, 2, 29))):
        customer, _ = company.buy(start, 16, trial_end=trial_end)
        company.note("trial_then_paid", customer, f"trial until {trial_end}")
        customer, subscription = company.buy(start, 21, trial_end=trial_end)
        subscription.finish(trial_end, add_days(trial_end, -4))
        company.note("trial_never_converts", customer, f"trial until {trial_end}")
    for start in (D(2026, 6, 9), D(2026, 6, 22)):
        customer, subscription = company.buy(start, 18, trial_end=add_days(start, 30))
        subscription.trial_is_invoiced = False
        company.note("trial_running", customer, "in trial today, never invoiced")
    for start, end in (
        (D(2026, 6, 4), None),
        (D(2024, 3, 15), D(2024, 4, 8)),
        (D(2026, 5, 20), None),
    ):
        customer, subscription = company.buy(D(2023, 6, 15), 35)
        subscription.spells.append(Spell("past_due", start, end))
        company.note("past_due", customer, f"from {start} to {end}: counts")
    for start, recovers, end in (
        (D(2024, 5, 14), None, D(2024, 9, 14)),
        (D(2025, 4, 10), None, D(2025, 6, 25)),
        (D(2024, 7, 10), D(2024, 9, 27), None),
    ):
        customer, subscription = company.buy(D(2023, 5, 10), 28)
        subscription.spells.append(Spell("past_due", add_days(start, -20), start))
        subscription.spells.append(Spell("unpaid", start, recovers or end))
        if end:
            subscription.finish(end)
        company.note(
            "unpaid",
            customer,
            f"from {start}, {'recovers ' + str(recovers) if recovers else 'then lost'}",
        )


def endings(company: Company) -> None:
    """Cancellations, returns, a gap short enough to be a late renewal."""
    for start, months in ((D(2024, 9, 16), 24), (D(2025, 11, 21), 12)):
        customer, subscription = company.buy(start, 42, interval="year")
        subscription.finish(add_months(start, months), D(2026, 5, 11))
        company.note("cancel_at_period_end_future", customer, f"ends on {subscription.end}")
    for start in (D(2023, 10, 20), D(2024, 12, 2)):
        customer, subscription = company.buy(start, 38, interval="year")
        subscription.finish(add_months(start, 12), add_months(start, 2))
        company.note("notice_long_before_end", customer, "notice ten months ahead")
    customer, subscription = company.buy(
        D(2023, 3, 6), 52, interval="year", count=3, segment="Mid-Market"
    )
    subscription.finish(D(2027, 3, 6), D(2025, 12, 1))
    subscription.cancels_at_period_end = False
    company.note("notice_long_before_end", customer, "cancel_at fifteen months ahead")
    for end, back in ((D(2023, 6, 12), D(2023, 9, 4)), (D(2024, 1, 20), D(2025, 3, 3))):
        customer, subscription = company.buy(D(2022, 9, 12), 23)
        subscription.finish(end, add_days(end, -9))
        price = company.catalog.list_price("core", "team", customer.currency, generation=2)
        company.subscribe(customer, back, (price, 27))
        company.note("reactivation", customer, f"away from {end} to {back}")
    for end, back in ((D(2023, 4, 21), D(2023, 5, 9)), (D(2024, 8, 19), D(2024, 9, 18))):
        customer, subscription = company.buy(D(2022, 8, 19), 32)
        subscription.finish(end)
        price = company.catalog.list_price("core", "team", customer.currency, generation=2)
        company.subscribe(customer, back, (price, 32))
        company.note("late_renewal_in_grace", customer, f"cancelled {end}, signed again {back}")
    customer, subscription = company.buy(D(2022, 8, 25), 32)
    subscription.finish(D(2024, 8, 25))
    price = company.catalog.list_price("core", "team", customer.currency, generation=2)
    company.subscribe(customer, D(2024, 9, 25), (price, 32))
    company.note("late_renewal_beyond_grace", customer, "31 days: one more than the grace")
    for end, back in ((D(2023, 8, 22), D(2023, 9, 5)), (D(2025, 1, 20), D(2025, 2, 11))):
        customer, subscription = company.buy(add_months(end, -13), 24)
        subscription.finish(end)
        flows = company.catalog.list_price("flows", "standard", customer.currency, generation=2)
        company.subscribe(customer, back, (flows, 20))
        note = f"Core until {end}, Flows from {back}: no grace across families"
        company.note("family_switch_with_gap", customer, note)


def rows_that_carry_nothing(company: Company) -> None:
    """Test mode, incomplete, deleted, without a CRM account."""
    for seats in (900, 450):
        customer, subscription = company.buy(D(2024, 4, 2), seats, linked=False)
        customer.livemode = subscription.livemode = False
        company.note("test_mode", customer, "livemode is false")
    for start in (D(2023, 7, 18), D(2025, 5, 14)):
        customer, subscription = company.buy(start, 19)
        subscription.is_incomplete = True
        company.note("incomplete_expired", customer, "the first invoice was never paid")
    for start in (D(2022, 1, 13), D(2023, 5, 22)):
        customer, subscription = company.buy(start, 13)
        subscription.finish(add_months(start, 14))
        customer.is_deleted = True
        company.note("deleted_customer", customer, "deleted after its end; the history stays")
        customer, subscription = company.buy(start, 12)
        subscription.finish(add_months(start, 17))
        subscription.is_gone_upstream = True
        company.note("no_active_history_row", customer, "the newest row is the last state")
    for start in (D(2022, 6, 21), D(2024, 9, 10)):
        customer, _ = company.buy(start, 15)
        second = company.add_customer(start, account=company.account_of(customer))
        price = company.catalog.list_price("insights", "team", second.currency)
        company.subscribe(second, add_months(start, 4), (price, 9))
        for billed in (customer, second):
            company.note("two_billing_customers", billed, "two Stripe customers, one account")
    for start in (D(2022, 6, 21), D(2024, 9, 10)):
        customer, _ = company.buy(start, 34, linked=False)
        company.note("no_crm_account", customer, "segment, industry and region unknown")

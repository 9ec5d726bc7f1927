"""Stripe's own MRR as events: the vendor's rules, which are not those of the ledger.

Active and past due subscriptions count, trials and meters do not. A coupon lowers MRR only when it
lasts for ever, a cancellation lowers it on the day it is asked for, a paused collection does not
lower it, and an unpaid subscription is lost when its next invoice is due. A month has thirty days
for a price by the day. Nothing else is lost but what loses events in real life loses: a few.
"""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from .catalog import COUPONS, Price
from .company import Company
from .contracts import FAR, Subscription, discounts_of, products_of
from .days import AS_OF, rounded
from .files import Table, instant

DAYS_IN_VENDOR_MONTH = 30
MISTAKES_OF_A_KIND = 2


@dataclass(frozen=True)
class Held:
    """What the vendor counts of an item: price, quantity and MRR in minor units."""

    price: Price
    quantity: int
    mrr: int


def write_mrr_events(company: Company, table: Table) -> None:
    """All events, less those that were lost on the way, and some of subscriptions not landed."""
    lost_subscriptions, lost_changes = lost_on_the_way(company)
    for subscription in company.subscriptions:
        if subscription in lost_subscriptions:
            continue
        write_subscription(subscription, table, first_only=subscription in lost_changes)
    write_foreign(company, table)


def lost_on_the_way(company: Company) -> tuple[list[Subscription], list[Subscription]]:
    """Subscriptions without any event, and such that lost all but the first."""
    running = [
        s
        for s in reversed(company.subscriptions)
        if not (s.end or s.spells or s.discounts or s.trial_end or s.customer.discounts)
        and s.livemode
        and s.customer.account_id
        and s.customer.customer_id not in company.plain
        and not s.is_incomplete
        and len(s.items) == 1
        and s.items[0].versions[0][1].amount(s.items[0].versions[0][2])
    ]
    still = [s for s in running if len(s.items[0].versions) == 1][:MISTAKES_OF_A_KIND]
    changed = [s for s in running if len(s.items[0].versions) == 2 and changes_mrr(s)]
    changed = changed[:MISTAKES_OF_A_KIND]
    for subscription in still:
        company.note("vendor_mrr_missing", subscription.customer, "Stripe has no MRR event of it")
    for subscription in changed:
        company.note("vendor_mrr_event_lost", subscription.customer, "its change left no MRR event")
    return still, changed


def changes_mrr(subscription: Subscription) -> bool:
    """Whether its only change falls into the history and is worth more than cents."""
    (_, before, seats), (day, after, more) = subscription.items[0].versions
    difference = monthly(after, after.amount(more)) - monthly(before, before.amount(seats))
    return day < date(2026, 1, 1) and abs(difference) > 100


def write_foreign(company: Company, table: Table) -> None:
    """MRR of subscriptions that the loader of the other tables never saw."""
    customers = [c for c in company.stripe_customers if c.livemode and c.currency == "USD"]
    for number, customer in enumerate(customers[3 : 3 + MISTAKES_OF_A_KIND], start=1):
        at = instant(date(2025, 2 + number, 11), "10:00:00")
        table.add(
            event_timestamp=at,
            local_event_timestamp=at,
            event_type="ACTIVE_START",
            subscription_id=f"sub_x{number:03d}",
            subscription_item_id=f"si_x{number:03d}a",
            customer_id=customer.customer_id,
            product_id="prod_core",
            price_id="core_team_usd_m1_1",
            currency="usd",
            mrr_change=12600 * number,
            quantity_change=3 * number,
        )
        company.note("vendor_mrr_only", customer, "Stripe counts a subscription that never landed")


def write_subscription(subscription: Subscription, table: Table, first_only: bool) -> None:
    """An event for every day on which the vendor's MRR of an item moves."""
    if not subscription.livemode or subscription.is_incomplete:
        return
    counted: dict[str, Held] = {}
    for day in days_of(subscription):
        now = held_on(subscription, day)
        for item_id in sorted(counted.keys() | now.keys()):
            before, after = counted.get(item_id), now.get(item_id)
            change = (after.mrr if after else 0) - (before.mrr if before else 0)
            if change:
                write_event(subscription, item_id, day, before, after, table)
        counted = now
        if first_only and counted:
            return


def write_event(
    subscription: Subscription,
    item_id: str,
    day: date,
    before: Held | None,
    after: Held | None,
    table: Table,
) -> None:
    """One event in the vendor's words."""
    old, new = before.mrr if before else 0, after.mrr if after else 0
    kind = "START" if not old else "END" if not new else "UPGRADE" if new > old else "DOWNGRADE"
    price = (after or before).price
    at = instant(day, subscription.clock)
    table.add(
        event_timestamp=at,
        local_event_timestamp=at,
        event_type=f"ACTIVE_{kind}",
        subscription_id=subscription.subscription_id,
        subscription_item_id=item_id,
        customer_id=subscription.customer.customer_id,
        product_id=price.product_id,
        price_id=price.price_id,
        currency=price.currency.lower(),
        mrr_change=new - old,
        quantity_change=(after.quantity if after else 0) - (before.quantity if before else 0),
    )


def days_of(subscription: Subscription) -> list[date]:
    """Days on which the vendor looks at a subscription."""
    days = {*subscription.breakpoints(), lost_since(subscription), gone_since(subscription)}
    days.update(subscription.free_time or ())
    days.add(subscription.created or subscription.start)
    return sorted(day for day in days if day <= AS_OF)


def gone_since(subscription: Subscription) -> date:
    """The day on which the vendor stops to count it: notice, or the end without one."""
    return min(subscription.notice or FAR, subscription.end or FAR)


def lost_since(subscription: Subscription) -> date:
    """First invoice that falls due while it is unpaid; far away where it never is."""
    for spell in subscription.spells:
        if spell.kind == "unpaid":
            number = 0
            while subscription.period_start(number) < spell.start:
                number += 1
            return subscription.period_start(number)
    return FAR


def held_on(subscription: Subscription, day: date) -> dict[str, Held]:
    """Items that carry MRR in the vendor's eyes on a day."""
    unpaid = next((s for s in subscription.spells if s.kind == "unpaid"), None)
    free = subscription.free_time
    if (
        day >= gone_since(subscription)
        or (subscription.trial_end and day < subscription.trial_end)
        or (subscription.created and day < subscription.created)
        or (free and free[0] <= day < free[1])
        or (unpaid and lost_since(subscription) <= day < (unpaid.end or FAR))
    ):
        return {}
    held = {item.item_id: found for item in subscription.items if (found := item.at(day))}
    gross = {item_id: price.amount(quantity) for item_id, (price, quantity) in held.items()}
    lasting = [d for d in subscription.discounts_on(day) if is_for_ever(d.coupon_id)]
    off = discounts_of(gross, lasting, products_of(held))
    return {
        item_id: Held(price, quantity, monthly(price, gross[item_id] - off[item_id]))
        for item_id, (price, quantity) in held.items()
        if price.charge_type != "usage"
    }


def is_for_ever(coupon_id: str) -> bool:
    """Whether a coupon never ends by itself."""
    return COUPONS[coupon_id].duration == "forever"


def monthly(price: Price, amount: Fraction) -> int:
    """An amount per period as the vendor states it per month, in whole minor units."""
    if price.interval == "day":
        return rounded(amount * DAYS_IN_VENDOR_MONTH / price.interval_count)
    return rounded(amount * price.periods_per_year / 12)

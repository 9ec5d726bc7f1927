"""The ordinary customers: they buy, grow, shrink, migrate, leave and sometimes come back."""

from datetime import date

from .catalog import Price
from .company import CSMS, Company
from .contracts import Account, Item, StripeCustomer, Subscription
from .days import AS_OF, FIRST_DAY, add_days, add_months
from .seasons import is_bad, signing_day

SEED = 739
TIERS = {"SMB": "starter", "Mid-Market": "team", "Enterprise": "enterprise"}
SEATS = {"SMB": (6, 46), "Mid-Market": (45, 160), "Enterprise": (170, 480)}
MONTHLY_SHARE = {"SMB": 0.30, "Mid-Market": 0.22, "Enterprise": 0.05}
YEARLY_CHURN = {"SMB": 0.23, "Mid-Market": 0.13, "Enterprise": 0.05}
BAD_YEAR_CHURN = 2.25
# of a hundred months: with more seats, with fewer
GROWTH, BAD_YEAR_GROWTH = (6.6, 1.5), (5.4, 3.0)
# how many of those at a renewal accept the newer price list
ACCEPTING, BAD_YEAR_ACCEPTING = 0.75, 0.5
# how many of those who left come back
RETURNING = {"SMB": 0.20, "Mid-Market": 0.20, "Enterprise": 0.13}
PRICE_LISTS = ((date(2025, 10, 1), 4), (date(2024, 7, 1), 3), (date(2023, 1, 1), 2))
FIRST_CUSTOMERS = 18
LAST_CHANGE = date(2026, 6, 20)
LAST_DROP = date(2026, 5, 10)


def generation_on(day: date) -> int:
    """The price list in force on a day."""
    return next((number for since, number in PRICE_LISTS if day >= since), 1)


def populate(company: Company, count: int) -> None:
    """Sign up customers over five years, a little faster every year; each has its own draws."""
    span = (date(2026, 6, 10) - FIRST_DAY).days
    for number in range(count):
        with company.own_draws(f"{SEED} {number}") as rng:
            passed = int(span * rng.random() ** 0.85)
            sign_up(company, FIRST_DAY if number < FIRST_CUSTOMERS else add_days(FIRST_DAY, passed))


def sign_up(company: Company, start: date) -> None:
    """A customer with a subscription, and another one if it comes back."""
    rng = company.rng
    customer = company.add_customer(add_days(start, -rng.randrange(3)))
    subscription = sign(company, customer, start)
    live(company, subscription)
    segment = company.account_of(customer).versions[0].segment
    if subscription.end and rng.random() < RETURNING[segment]:
        back = add_days(subscription.end, rng.randrange(50, 300))
        if back < LAST_CHANGE:
            again = sign(company, customer, back)
            live(company, again)
            company.note("reactivation", customer, f"away from {subscription.end} to {again.start}")


def sign(company: Company, customer: StripeCustomer, start: date) -> Subscription:
    """A first subscription in the style of the customer's segment."""
    rng = company.rng
    account = company.account_of(customer)
    segment = account.current.segment
    interval = "month" if rng.random() < MONTHLY_SHARE[segment] else "year"
    if interval == "year" and start > FIRST_DAY:
        start = signing_day(rng, start, LAST_CHANGE)
    generation = generation_on(start)
    seats = rng.randrange(*SEATS[segment])
    is_classic = start < date(2022, 10, 1) and rng.random() < 0.3 and segment != "Enterprise"
    product, tier = ("classic", "standard") if is_classic else ("core", TIERS[segment])

    def listed(name: str, of_tier: str) -> Price:
        return company.catalog.list_price(name, of_tier, customer.currency, interval, 1, generation)

    held = [(listed(product, tier), seats)]
    if rng.random() < 0.22:
        held.append((listed("insights", insights_tier(segment)), max(3, seats // 3)))
    if rng.random() < 0.14:
        held.append((listed("flows", "standard"), max(3, seats // 4)))
    return company.subscribe(customer, start, *held)


def insights_tier(segment: str) -> str:
    """The tier of Insights that a segment buys."""
    return "enterprise" if segment == "Enterprise" else "team"


def live(company: Company, subscription: Subscription) -> None:
    """Run a subscription month by month until it ends or today."""
    rng = company.rng
    account = company.account_of(subscription.customer)
    month = 0
    while True:
        month += 1
        boundary = add_months(subscription.start, month)
        segment = account.current.segment
        is_renewal = subscription.interval == "month" or month % 12 == 0
        yearly = YEARLY_CHURN[segment] * (1.35 if month <= 14 else 1)
        yearly *= BAD_YEAR_CHURN if is_bad(boundary) else 1
        if is_renewal and rng.random() < (
            yearly if subscription.interval == "year" else yearly / 11
        ):
            leave(company, subscription, boundary)
            return
        if boundary > LAST_CHANGE:
            return
        day = boundary if rng.random() < 0.4 else add_days(boundary, rng.randrange(1, 25))
        if day > LAST_CHANGE:
            return
        change(company, subscription, account, day, month)


def leave(company: Company, subscription: Subscription, boundary: date) -> None:
    """End at a period boundary after a notice, or at once."""
    rng = company.rng
    if boundary > AS_OF:
        notice = add_days(AS_OF, -rng.randrange(1, 20))
        if subscription.interval == "year" and notice > subscription.start:
            subscription.notice, subscription.end = notice, boundary
            subscription.cancels_at_period_end = True
            company.note(
                "cancel_at_period_end_future", subscription.customer, f"ends on {boundary}"
            )
        return
    if rng.random() < 0.15 and subscription.interval == "month":
        subscription.end = subscription.notice = add_days(boundary, -rng.randrange(1, 15))
        if subscription.end <= subscription.items[0].versions[-1][0]:
            subscription.end = subscription.notice = boundary
        company.note("cancel_at_once", subscription.customer, f"on {subscription.end}")
    else:
        subscription.end = boundary
        ahead = 25 if subscription.interval == "month" else 80
        notice = add_days(boundary, -rng.randrange(3, ahead))
        # a customer who has given notice buys no more
        subscription.notice = max(notice, add_days(last_change(subscription, boundary), 1))
        subscription.cancels_at_period_end = True
        company.note("cancel_at_period_end_done", subscription.customer, f"ended on {boundary}")
    for item in subscription.items:
        item.versions = [v for v in item.versions if v[0] < subscription.end]
        if item.removed and item.removed >= subscription.end:
            item.removed = None
    subscription.items = [item for item in subscription.items if item.versions]


def last_change(subscription: Subscription, until: date) -> date:
    """The day of the last change before a day; the start where there is none."""
    days = [item.removed for item in subscription.items if item.removed]
    days += [day for item in subscription.items for day, _, _ in item.versions]
    return max(day for day in (subscription.start, *days) if day < until)


def change(
    company: Company,
    subscription: Subscription,
    account: Account,
    day: date,
    month: int,
) -> None:
    """At most one change of a running subscription in a month."""
    rng = company.rng
    item = subscription.items[0]
    _, price, seats = item.versions[-1]
    segment = account.current.segment
    boundary = add_months(subscription.start, month)
    grows, shrinks = BAD_YEAR_GROWTH if is_bad(day) else GROWTH
    accepting = BAD_YEAR_ACCEPTING if is_bad(day) else ACCEPTING
    is_newer = generation_of(price) < generation_on(boundary)
    draw = rng.random() * 100
    if month % 12 == 0 and is_newer and rng.random() < accepting:
        reprice(company, subscription, boundary)
    elif price.product_id == "prod_classic" and day > date(2023, 3, 1) and draw < 5:
        move(company, subscription, item, day, "core", TIERS[segment], seats)
        company.note("sku_migration", subscription.customer, f"Core Classic to Core on {day}")
    elif draw < grows:
        seats += max(1, seats * rng.randrange(8, 36) // 100)
        item.versions.append((day, price, seats))
        company.note("seats_up", subscription.customer, f"{seats} seats on {day}")
        if segment == "Mid-Market" and seats > 210:
            account.change(day, segment="Enterprise")
            company.note("segment_change", subscription.customer, f"Enterprise on {day}")
    elif draw < grows + shrinks and seats > 8:
        seats -= max(1, seats * rng.randrange(8, 30) // 100)
        item.versions.append((day, price, seats))
        company.note("seats_down", subscription.customer, f"{seats} seats on {day}")
    elif draw < 10.9:
        cross_sell(company, subscription, segment, day, seats)
    elif draw < 11.3 and day < LAST_DROP:
        drop(company, subscription, day)
    elif draw < 11.6 and price.plan_tier == "starter":
        move(company, subscription, item, day, "core", "team", seats)
        company.note("tier_up", subscription.customer, f"starter to team on {day}")
    elif draw < 11.75 and price.plan_tier == "enterprise":
        move(company, subscription, item, day, "core", "team", seats)
        company.note("tier_down", subscription.customer, f"enterprise to team on {day}")
    elif draw > 99.7:
        account.change(day, csm=rng.choice(CSMS))
        company.note("owner_hand_over", subscription.customer, f"new CSM on {day}")


def generation_of(price: Price) -> int:
    """The price list that a list price belongs to."""
    return int(price.price_id[-1])


def move(
    company: Company,
    subscription: Subscription,
    item: Item,
    day: date,
    product: str,
    tier: str,
    seats: int,
) -> None:
    """Put an item on another list price of the day."""
    price = company.catalog.list_price(
        product,
        tier,
        subscription.customer.currency,
        subscription.interval,
        subscription.interval_count,
        generation_on(day),
    )
    item.versions.append((day, price, seats))


def reprice(company: Company, subscription: Subscription, day: date) -> None:
    """Move every item to the price list of the day."""
    for item in subscription.items:
        since, price, quantity = item.versions[-1]
        if item.removed is None and since < day:
            product = price.product_id.removeprefix("prod_")
            move(company, subscription, item, day, product, price.plan_tier, quantity)
    company.note("price_rise", subscription.customer, f"price list {generation_on(day)} on {day}")


def cross_sell(
    company: Company,
    subscription: Subscription,
    segment: str,
    day: date,
    seats: int,
) -> None:
    """Sell a product of a family that the subscription does not hold."""
    held = {i.versions[-1][1].product_id for i in subscription.items}
    for product, tier in (("insights", insights_tier(segment)), ("flows", "standard")):
        if f"prod_{product}" not in held:
            price = company.catalog.list_price(
                product,
                tier,
                subscription.customer.currency,
                subscription.interval,
                subscription.interval_count,
                generation_on(day),
            )
            company.add_item(subscription, day, price, max(3, seats // 3))
            company.note("cross_sell", subscription.customer, f"{product} on {day}")
            return


def drop(company: Company, subscription: Subscription, day: date) -> None:
    """Give up a second product in the middle of a billing period."""
    running = [i for i in subscription.items[1:] if i.removed is None and i.versions[-1][0] < day]
    boundaries = {subscription.period_start(n) for n in range(62)}
    if running and day not in boundaries:
        running[-1].removed = day
        product = running[-1].versions[-1][1].product_id
        company.note("product_drop", subscription.customer, f"{product} on {day}")

"""Contracts, and the lines that follow from them."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

from .catalog import COUPONS, PRODUCTS, Price
from .days import AS_OF, add_months, rounded

FAR = date(9999, 12, 31)


@dataclass
class AccountVersion:
    """What the CRM knew about an account from a day on."""

    since: date
    segment: str
    industry: str
    region: str
    owner: str
    csm: str
    parent: str = ""


@dataclass
class Account:
    """A CRM account with its history."""

    account_id: str
    name: str
    created: date
    versions: list[AccountVersion]
    master: str = ""
    is_deleted: bool = False

    @property
    def current(self) -> AccountVersion:
        """The newest version."""
        return self.versions[-1]

    def change(self, since: date, **values: str) -> None:
        """Add a version that differs in some values."""
        self.versions.append(AccountVersion(**{**vars(self.current), "since": since, **values}))


@dataclass
class Discount:
    """A coupon given to an item, a subscription or a customer."""

    discount_id: str
    coupon_id: str
    start: date
    end: date | None
    item_id: str = ""

    def runs_on(self, day: date) -> bool:
        """Whether it takes something off every period that runs on a day."""
        return COUPONS[self.coupon_id].duration != "once" and self.start <= day < (self.end or FAR)


@dataclass
class StripeCustomer:
    """A customer of the Stripe book."""

    customer_id: str
    name: str
    account_id: str
    currency: str
    created: date
    discounts: list[Discount] = field(default_factory=list)
    livemode: bool = True
    is_deleted: bool = False
    linked_as: str = ""


@dataclass
class Item:
    """A subscription item: which price at which quantity since when."""

    item_id: str
    versions: list[tuple[date, Price, int]]
    removed: date | None = None
    row_stays: bool = False

    def at(self, day: date) -> tuple[Price, int] | None:
        """Price and quantity on a day, if the item is there."""
        found = None
        for since, price, quantity in self.versions:
            if since <= day:
                found = (price, quantity)
        return None if self.removed and day >= self.removed else found


@dataclass
class Spell:
    """A stretch in a special state: a pause behaviour, past_due or unpaid."""

    kind: str
    start: date
    end: date | None

    @property
    def is_pause(self) -> bool:
        """Whether collection is paused."""
        return self.kind in ("void", "keep_as_draft", "mark_uncollectible")

    @property
    def stops_arr(self) -> bool:
        """Whether the subscription carries no ARR while it lasts."""
        return self.kind != "past_due"

    def covers(self, day: date) -> bool:
        """Whether a day lies in it."""
        return self.start <= day < (self.end or FAR)


@dataclass
class Subscription:
    """A Stripe subscription as agreed, with everything that happened to it."""

    subscription_id: str
    customer: StripeCustomer
    start: date
    interval: str
    interval_count: int
    items: list[Item]
    clock: str = "09:00:00"
    trial_end: date | None = None
    trial_is_invoiced: bool = True
    spells: list[Spell] = field(default_factory=list)
    discounts: list[Discount] = field(default_factory=list)
    notice: date | None = None
    end: date | None = None
    cancels_at_period_end: bool = False
    livemode: bool = True
    is_incomplete: bool = False
    is_gone_upstream: bool = False
    silent_change: bool = False
    one_time: list[tuple[date, str, int]] = field(default_factory=list)
    created: date | None = None
    stated_start: date | None = None
    free_time: tuple[date, date] | None = None
    trial_was_paid_for: bool = False
    last_invoiced: date | None = None
    issued_anew: tuple[date, ...] = ()

    @property
    def currency(self) -> str:
        """The currency it is charged in."""
        return self.items[0].versions[0][1].currency

    def finish(self, end: date, notice: date | None = None) -> None:
        """End it; without a notice it ends at once."""
        self.end, self.notice = end, notice or end
        self.cancels_at_period_end = bool(notice)

    def period_start(self, number: int) -> date:
        """First day of a billing period, free time given in between included."""
        if self.free_time and self.regular_start(number) > self.free_time[0]:
            before = self.periods_before_free_time()
            if number == before:
                return self.free_time[0]
            return self.after(self.free_time[1], number - before - 1)
        return self.regular_start(number)

    def period_end(self, number: int) -> date:
        """First day that a billing period is not charged for."""
        if self.free_time and number < self.periods_before_free_time():
            return self.regular_start(number + 1)
        return self.period_start(number + 1)

    def periods_before_free_time(self) -> int:
        """Billing periods that begin before the free time does."""
        number = 0
        while self.regular_start(number) <= self.free_time[0]:
            number += 1
        return number

    def regular_start(self, number: int) -> date:
        """The same without free time; the anchor is the end of the trial, or the first invoice."""
        return self.after(self.trial_end or self.created or self.start, number)

    def after(self, anchor: date, number: int) -> date:
        """The day so many billing periods after an anchor."""
        steps = number * self.interval_count
        if self.interval in ("month", "year"):
            return add_months(anchor, steps * (12 if self.interval == "year" else 1))
        return anchor + timedelta(days=steps * (7 if self.interval == "week" else 1))

    def next_invoice(self, day: date | None) -> date:
        """The day from which an invoice shows a discount that begins, or is gone, since a day."""
        number = 0
        while self.period_start(number) < (day or FAR):
            if self.period_start(number) > AS_OF:
                return FAR
            number += 1
        return self.period_start(number)

    def discounts_invoiced(self, day: date) -> list[Discount]:
        """Discounts that were taken off the invoice which charges for a day."""
        begun = [self.start]
        number = 0
        while (start := self.period_start(number)) <= day:
            begun.append(start)
            number += 1
        return self.discounts_on(max(begun))

    def discounts_on(self, day: date) -> list[Discount]:
        """Discounts that run on a day, in the order in which they apply."""
        levels = (
            [d for d in self.discounts if d.item_id],
            [d for d in self.discounts if not d.item_id],
            self.customer.discounts,
        )
        return [
            discount
            for level in levels
            for discount in sorted(level, key=lambda d: (d.start, d.discount_id))
            if discount.runs_on(day)
        ]

    def breakpoints(self) -> list[date]:
        """Days on which anything about the subscription changes."""
        days = {self.start, self.end or FAR}
        for item in self.items:
            days.update(since for since, _, _ in item.versions)
            days.add(item.removed or FAR)
        for stretch in self.spells:
            days.update((stretch.start, stretch.end or FAR))
        for given in [*self.discounts, *self.customer.discounts]:
            days.update((given.start, given.end or FAR))
            days.update((self.next_invoice(given.start), self.next_invoice(given.end)))
        days.add(self.trial_end or self.start)
        return sorted(day for day in days if self.start <= day <= (self.end or FAR))

    def lines(self) -> list["Line"]:
        """The subscription as lines; gross and discount apart."""
        if not self.livemode or self.is_incomplete:
            return []
        lines = []
        days = self.breakpoints()
        for start, end in pairwise(days):
            if any(spell.stops_arr and spell.covers(start) for spell in self.spells):
                continue
            into_pause = any(spell.is_pause and spell.start == end for spell in self.spells)
            held = {item.item_id: found for item in self.items if (found := item.at(start))}
            gross = {item_id: price.amount(quantity) for item_id, (price, quantity) in held.items()}
            off = discounts_of(gross, self.discounts_invoiced(start), products_of(held))
            for item_id, (price, quantity) in held.items():
                trial = bool(self.trial_end and start < self.trial_end)
                trial = trial and not self.trial_was_paid_for
                for amount, is_discount in ((gross[item_id], False), (-off[item_id], True)):
                    if is_discount and not amount:
                        continue
                    lines.append(
                        Line(
                            ("stripe", self.customer.customer_id),
                            self.subscription_id,
                            price.product_id,
                            PRODUCTS[price.product_id].family,
                            start,
                            None if end == FAR else end,
                            amount,
                            price.periods_per_year,
                            price.currency,
                            "trial" if trial else price.charge_type,
                            quantity=quantity,
                            ends_in_pause=into_pause,
                            notice=self.notice,
                            item_id=item_id,
                        )
                    )
        return lines


@dataclass
class AloneInvoice:
    """An invoice for services that belongs to no subscription; amount in minor units."""

    customer: StripeCustomer
    day: date
    amount: int
    currency: str


@dataclass
class Line:
    """One charge of the book; amount in minor units for one period, end exclusive."""

    customer: tuple[str, str]
    subscription_id: str
    product_id: str
    family: str
    start: date
    end: date | None
    amount: Fraction
    periods_per_year: Fraction
    currency: str
    charge_type: str = "recurring"
    quantity: int = 1
    ends_in_pause: bool = False
    notice: date | None = None
    line_id: str = ""
    supersedes: str = ""
    item_id: str = ""
    is_contracted_step: bool = False


def products_of(held: dict[str, tuple[Price, int]]) -> dict[str, tuple[str, str]]:
    """Item -> product and currency of what is held."""
    return {item_id: (price.product_id, price.currency) for item_id, (price, _) in held.items()}


def discounts_of(
    gross: dict[str, Fraction],
    discounts: list[Discount],
    products: dict[str, tuple[str, str]] | None = None,
) -> dict[str, Fraction]:
    """What a stack of discounts takes off each item of one invoice, in minor units."""
    left = dict(sorted(gross.items()))
    if len(discounts) > 3:
        raise ValueError("more than three discounts at a time")
    for discount in discounts:
        coupon = COUPONS[discount.coupon_id]
        items = [i for i in left if not discount.item_id or i == discount.item_id]
        if coupon.product_ids:
            items = [i for i in items if products[i][0] in coupon.product_ids]
        if coupon.percent_off is not None:
            for item_id in items:
                left[item_id] -= rounded(left[item_id] * coupon.percent_off / 100)
            continue
        total = sum(left[i] for i in items)
        currency = products[items[0]][1] if products and items else coupon.currency
        taken = min(Fraction(coupon.off(currency)), total)
        running, spread = Fraction(0), 0
        for item_id in items:
            running += left[item_id]
            until_here = rounded(taken * running / total) if total else 0
            left[item_id] -= until_here - spread
            spread = until_here
    return {item_id: gross[item_id] - left[item_id] for item_id in gross}


@dataclass
class CustomCustomer:
    """A customer of the acquired business."""

    customer_id: str
    name: str
    account_id: str = ""
    segment: str = ""
    industry: str = ""
    region: str = ""
    created: date | None = None
    parent: str = ""
    merged_into: str = ""
    merged: date | None = None
    versions: list["CustomVersion"] = field(default_factory=list)


@dataclass
class CustomVersion:
    """What a customer of the acquired business was from a day on."""

    since: date
    parent: str = ""
    segment: str = ""
    industry: str = ""
    region: str = ""


@dataclass
class CutOver:
    """A customer who moved from one billing system to another: (system, id) both."""

    old: tuple[str, str]
    new: tuple[str, str]
    day: date


@dataclass
class CustomLine:
    """A row of the acquired business's subscription lines; amount in minor units for the term."""

    line_id: str
    subscription_id: str
    customer_id: str
    product_id: str
    plan_tier: str
    start: date
    end: date | None
    amount: int
    term_months: int
    quantity: int
    currency: str
    charge_type: str = ""
    supersedes: str = ""
    notice: date | None = None
    is_contracted_step: bool = False

"""The company under construction: accounts, customers, subscriptions, register of situations."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from fractions import Fraction

from .catalog import COUPONS, Catalog, Price
from .contracts import (
    Account,
    AccountVersion,
    AloneInvoice,
    CustomCustomer,
    CustomLine,
    CutOver,
    Discount,
    Item,
    StripeCustomer,
    Subscription,
)
from .days import add_days, add_months

SEGMENTS = ("SMB", "Mid-Market", "Enterprise")
INDUSTRIES = (
    "Software",
    "Manufacturing",
    "Retail",
    "Healthcare",
    "Financial services",
    "Logistics",
)
REGIONS = {"North America": "USD", "Europe": "EUR", "United Kingdom": "GBP", "Asia Pacific": "USD"}
CSMS = tuple(f"005000000000{n:03d}" for n in range(1, 9))
MANAGERS = tuple(f"005000000000{n:03d}" for n in range(21, 27))
ADJECTIVES = """Amber Bold Calm Crisp Dapper Eastern Fabled Gentle Hidden Ivory Jolly Keen Lunar
    Mellow Noble Outer Placid Quiet Rapid Silver Tidal Upper Velvet Wild Young"""
NOUNS = """Anchor Basin Cedar Delta Ember Falcon Grove Harbor Island Juniper Kestrel Lantern
    Meadow Needle Orchard Prairie Quarry River Summit Thicket"""
LATER_NOUNS = "Acorn Beacon Canyon Dune Estuary"
ENDINGS = ("Labs", "Group", "Works", "Systems", "Partners", "Supply", "Health", "Foods")


class Company:
    """All contracts with all customers."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.catalog = Catalog()
        self.accounts: list[Account] = []
        self.stripe_customers: list[StripeCustomer] = []
        self.subscriptions: list[Subscription] = []
        self.custom_customers: list[CustomCustomer] = []
        self.custom_lines: list[CustomLine] = []
        self.cut_overs: list[CutOver] = []
        self.situations: list[tuple[str, tuple[str, str], str]] = []
        # accounts and customers with contracts and nothing beside them: no contacts, no health
        self.plain: set[str] = set()
        self.adds_plain = False
        self.alone_invoices: list[AloneInvoice] = []
        self._names = [f"{a} {n}" for a in ADJECTIVES.split() for n in NOUNS.split()]
        self.rng.shuffle(self._names)
        # taken from the end: these once the others are used up
        self._names[:0] = [f"{a} {n}" for n in LATER_NOUNS.split() for a in ADJECTIVES.split()]
        self._discounts = 0

    @contextmanager
    def own_draws(self, seed: str) -> Iterator[random.Random]:
        """Draws from a stream of their own: what is drawn within changes nothing outside."""
        outside, self.rng = self.rng, random.Random(seed)
        try:
            yield self.rng
        finally:
            self.rng = outside

    def note(
        self, situation: str, customer: StripeCustomer | CustomCustomer | str, note: str
    ) -> None:
        """Register that a situation occurs for a customer of a billing system."""
        if isinstance(customer, StripeCustomer):
            reference = ("stripe", customer.customer_id)
        elif isinstance(customer, CustomCustomer):
            reference = ("custom_billing", customer.customer_id)
        else:
            reference = ("custom_billing", customer)
        self.situations.append((situation, reference, note))

    def new_name(self) -> str:
        """A company name that no other company has."""
        return f"{self._names.pop()} {self.rng.choice(ENDINGS)}"

    def add_account(
        self,
        created: date,
        segment: str = "",
        region: str = "",
        name: str = "",
        parent: str = "",
        account_id: str = "",
    ) -> Account:
        """An account of the CRM with its first version."""
        rng = self.rng
        segment = segment or rng.choices(SEGMENTS, (50, 33, 17))[0]
        region = region or rng.choices(tuple(REGIONS), (55, 22, 13, 10))[0]
        version = AccountVersion(
            created,
            segment,
            rng.choice(INDUSTRIES),
            region,
            rng.choice(MANAGERS),
            rng.choice(CSMS),
            parent,
        )
        account = Account(
            account_id or f"0015f00000{len(self.accounts) + 1:05d}",
            name or self.new_name(),
            created,
            [version],
        )
        self.accounts.append(account)
        self.register(account.account_id)
        return account

    def register(self, identifier: str) -> None:
        """Remember an account or customer that gets nothing but its contracts."""
        if self.adds_plain:
            self.plain.add(identifier)

    def add_customer(
        self,
        created: date,
        segment: str = "",
        region: str = "",
        account: Account | None = None,
        linked: bool = True,
        currency: str = "",
        customer_id: str = "",
    ) -> StripeCustomer:
        """A Stripe customer, linked to an account of the CRM unless said otherwise."""
        if account is None and linked:
            account = self.add_account(add_days(created, -20), segment, region)
        currency = currency or (REGIONS[account.current.region] if account else "USD")
        customer = StripeCustomer(
            customer_id or f"cus_{len(self.stripe_customers) + 1:04d}",
            account.name if account else self.new_name(),
            account.account_id if account else "",
            currency,
            created,
        )
        self.stripe_customers.append(customer)
        self.register(customer.customer_id)
        return customer

    def account_of(self, customer: StripeCustomer) -> Account:
        """The CRM account that a Stripe customer is linked to."""
        return next(a for a in self.accounts if a.account_id == customer.account_id)

    def subscribe(
        self,
        customer: StripeCustomer,
        start: date,
        *held: tuple[Price, int],
        clock: str = "",
        trial_end: date | None = None,
    ) -> Subscription:
        """A subscription with an item for each price held from the start."""
        number = len(self.subscriptions) + 1
        items = [
            Item(f"si_{number:04d}{letter}", [(start, price, quantity)])
            for letter, (price, quantity) in zip("abcdef", held, strict=False)
        ]
        subscription = Subscription(
            f"sub_{number:04d}",
            customer,
            start,
            held[0][0].interval,
            held[0][0].interval_count,
            items,
            clock or f"{self.rng.randrange(8, 19):02d}:{self.rng.randrange(60):02d}:17",
            trial_end,
        )
        self.subscriptions.append(subscription)
        return subscription

    def buy(
        self,
        start: date,
        seats: int,
        *,
        segment: str = "SMB",
        region: str = "North America",
        product: str = "core",
        tier: str = "team",
        interval: str = "month",
        count: int = 1,
        clock: str = "",
        trial_end: date | None = None,
        linked: bool = True,
    ) -> tuple[StripeCustomer, Subscription]:
        """A new customer with one subscription of one item at the first list price."""
        customer = self.add_customer(start, segment, region, linked=linked)
        price = self.catalog.list_price(product, tier, customer.currency, interval, count)
        return customer, self.subscribe(
            customer, start, (price, seats), clock=clock, trial_end=trial_end
        )

    def add_item(
        self, subscription: Subscription, since: date, price: Price, quantity: int
    ) -> Item:
        """Another item on a running subscription."""
        item_id = subscription.items[0].item_id[:-1] + "abcdefgh"[len(subscription.items)]
        item = Item(item_id, [(since, price, quantity)])
        subscription.items.append(item)
        return item

    def discount(
        self,
        holder: Subscription | StripeCustomer,
        coupon_id: str,
        start: date,
        end: date | None = None,
        item: Item | None = None,
    ) -> Discount:
        """Give a coupon; a repeating one ends by itself."""
        self._discounts += 1
        months = COUPONS[coupon_id].months
        if end is None and months:
            end = add_months(start, months)
        given = Discount(
            f"di_{self._discounts:03d}",
            coupon_id,
            start,
            end,
            item.item_id if item else "",
        )
        holder.discounts.append(given)
        return given

    def add_custom_customer(
        self,
        created: date,
        account: Account | None = None,
        customer_id: str = "",
        **values: str,
    ) -> CustomCustomer:
        """A customer of the acquired business."""
        customer = CustomCustomer(
            customer_id or f"RB-{len(self.custom_customers) + 1:03d}",
            account.name if account else self.new_name(),
            account.account_id if account else "",
            created=created,
            **values,
        )
        self.custom_customers.append(customer)
        self.register(customer.customer_id)
        return customer

    def add_custom_line(
        self,
        customer: CustomCustomer | str,
        start: date,
        months: int,
        monthly: int,
        *,
        end: date | None = None,
        quantity: int = 10,
        subscription: str = "",
        product: str = "relay",
        tier: str = "standard",
        currency: str = "USD",
        is_open: bool = False,
        **values: object,
    ) -> CustomLine:
        """A line at so many minor units per month; ends with its term unless said otherwise."""
        customer_id = customer if isinstance(customer, str) else customer.customer_id
        number = len(self.custom_lines) + 1
        line = CustomLine(
            f"L-{number:04d}",
            subscription or f"S-{number:04d}",
            customer_id,
            product,
            tier,
            start,
            None if is_open else end or add_months(start, months),
            int(Fraction(monthly) * months),
            months,
            quantity,
            currency,
            **values,
        )
        self.custom_lines.append(line)
        return line

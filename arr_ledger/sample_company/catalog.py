"""What the company sells: products, prices, coupons, currencies."""

from dataclasses import dataclass, replace
from fractions import Fraction

from .days import rounded

# every currency of the company; no customer pays in Swiss francs or Canadian dollars
PLAN_RATES = {
    "EUR": Fraction("1.08"),
    "GBP": Fraction("1.27"),
    "UGX": Fraction("0.00027"),
    "ISK": Fraction("0.0072"),
    "JPY": Fraction("0.0067"),
    "KWD": Fraction("3.25"),
    "CHF": Fraction("1.1"),
    "CAD": Fraction("0.73"),
}
# Stripe charges UGX and ISK in hundredths although neither currency has any
MINOR_UNITS = {"JPY": 1, "KWD": 1000}
PERIODS_PER_YEAR = {"day": 365, "week": 52, "month": 12, "year": 1}


@dataclass(frozen=True)
class Product:
    """A product of the Stripe book."""

    product_id: str
    name: str
    family: str
    crm_id: str
    is_active: bool = True


PRODUCTS = {
    product.product_id: product
    for product in (
        Product("prod_core", "Core", "Platform", "01t000000000001"),
        Product("prod_classic", "Core Classic", "Platform", "01t000000000002", is_active=False),
        Product("prod_insights", "Insights", "Analytics", "01t000000000003"),
        Product("prod_flows", "Flows", "Automation", "01t000000000004"),
        Product("prod_flow_runs", "Flow runs", "Automation", "01t000000000006"),
        Product("prod_services", "Professional services", "Services", "01t000000000007"),
    )
}

# product, tier -> US cents per seat and month in the first price list
LIST_PRICES = {
    ("core", "free"): 0,
    ("core", "starter"): 2500,
    ("core", "team"): 4200,
    ("core", "enterprise"): 5900,
    ("classic", "standard"): 3300,
    ("insights", "team"): 1500,
    ("insights", "enterprise"): 2300,
    ("flows", "standard"): 1100,
}
CURRENCY_FACTORS = {"USD": Fraction(1), "EUR": Fraction("0.95"), "GBP": Fraction("0.82")}
GENERATION_FACTORS = {1: Fraction(1), 2: Fraction("1.05"), 3: Fraction("1.11"), 4: Fraction("1.18")}
INTERVAL_FACTORS = {
    ("month", 1): Fraction(1),
    ("month", 3): Fraction("2.9"),
    ("month", 6): Fraction("5.7"),
    ("year", 1): Fraction("10.8"),
    ("year", 2): Fraction("20.4"),
    ("year", 3): Fraction("29.7"),
    ("week", 1): Fraction("0.25"),
    ("week", 2): Fraction("0.49"),
    ("day", 1): Fraction("0.04"),
    ("day", 30): Fraction(1),
}


@dataclass(frozen=True)
class Price:
    """A Stripe price: what one period of a quantity costs, in minor units of its currency."""

    price_id: str
    product_id: str
    plan_tier: str
    currency: str
    interval: str
    interval_count: int
    unit_amount: Fraction | None
    tiers: tuple[tuple[int | None, int, int], ...] = ()
    tiers_mode: str = ""
    usage_type: str = "licensed"
    divide_by: int = 0
    is_deleted: bool = False
    tiers_land: bool = True
    line_per_tier: bool = False
    has_minimum: bool = False
    is_decimal_only: bool = False
    flat_is_decimal_only: bool = False
    includes_tax: Fraction = Fraction(0)
    options: tuple[tuple[str, int], ...] = ()

    def amount(self, quantity: int) -> Fraction:
        """Minor units for one period of a quantity: tax is no part of it, nor is usage."""
        if self.has_minimum:
            return Fraction(self.tiers[0][2])
        if self.includes_tax:
            return (self.unit_amount or Fraction(0)) * quantity / (1 + self.includes_tax)
        if self.divide_by:
            quantity = -(-quantity // self.divide_by)
        if not self.tiers:
            return (self.unit_amount or Fraction(0)) * quantity
        return sum(
            (unit * units + flat for units, unit, flat in self.reached(quantity)), Fraction(0)
        )

    def reached(self, quantity: int) -> list[tuple[int, int, int]]:
        """Tiers that a quantity reaches: units in the tier, price of one, flat fee."""
        if self.tiers_mode == "volume":
            _, unit, flat = next(t for t in self.tiers if t[0] is None or quantity <= t[0])
            return [(quantity, unit, flat)]
        found, below = [], 0
        for up_to, unit, flat in self.tiers:
            if quantity <= below:
                break
            found.append((min(quantity, up_to or quantity) - below, unit, flat))
            below = up_to or quantity
        return found

    def charged_in(self, currency: str) -> "Price":
        """The same price where it is charged in another of its currencies."""
        amount = dict(self.options)[currency]
        return replace(self, currency=currency, unit_amount=Fraction(amount))

    @property
    def periods_per_year(self) -> Fraction:
        """Billing periods in a year."""
        return Fraction(PERIODS_PER_YEAR[self.interval], self.interval_count)

    @property
    def charge_type(self) -> str:
        """The kind of charge, in the words of the ledger."""
        is_usage = self.usage_type == "metered" and not self.has_minimum
        return "usage" if is_usage else "recurring"


@dataclass(frozen=True)
class Coupon:
    """A Stripe coupon: a percentage or an amount off, once, for some months, or for ever."""

    coupon_id: str
    name: str
    duration: str
    months: int | None = None
    percent_off: int | None = None
    amount_off: int | None = None
    currency: str = ""
    product_ids: tuple[str, ...] = ()
    lists_products_as_json: bool = False
    options: tuple[tuple[str, int], ...] = ()
    lands: bool = True

    def off(self, currency: str) -> int:
        """The fixed amount in the currency of the invoice."""
        return dict(self.options).get(currency, self.amount_off)


COUPONS = {
    coupon.coupon_id: coupon
    for coupon in (
        Coupon("welcome_once", "Welcome", "once", percent_off=50),
        Coupon("credit_once", "Service credit", "once", amount_off=20000, currency="USD"),
        Coupon("launch_6m", "Launch offer", "repeating", months=6, percent_off=25),
        Coupon("launch_12m", "First year offer", "repeating", months=12, percent_off=15),
        Coupon(
            "bridge_3m", "Budget bridge", "repeating", months=3, amount_off=33333, currency="USD"
        ),
        Coupon("free_3m", "Three months free", "repeating", months=3, percent_off=100),
        Coupon("nonprofit", "Non-profit", "forever", percent_off=30),
        Coupon("partner", "Partner", "forever", percent_off=7),
        Coupon("bundle_usd", "Bundle", "forever", amount_off=10001, currency="USD"),
        Coupon("bundle_eur", "Bundle", "forever", amount_off=7777, currency="EUR"),
        Coupon("group", "Group agreement", "forever", percent_off=5),
        Coupon("quarter_20", "A quarter cheaper", "repeating", months=3, percent_off=20),
        Coupon(
            "insights_half", "Insights", "forever", percent_off=50, product_ids=("prod_insights",)
        ),
        Coupon(
            "platform_60",
            "Platform",
            "forever",
            amount_off=6000,
            currency="USD",
            product_ids=("prod_core", "prod_flows"),
            lists_products_as_json=True,
        ),
        Coupon(
            "tools_10",
            "Tools",
            "forever",
            percent_off=10,
            product_ids=("prod_insights", "prod_flows"),
        ),
        Coupon("desk", "Desk", "forever", amount_off=1000, currency="USD", options=(("EUR", 900),)),
        Coupon("loyal", "Loyalty", "forever", percent_off=35),
    )
}
# what the extract no longer shows: a coupon that was deleted, and loyal as it was before it was
# made anew; discounts given then still name their ids
COUPONS |= {
    "founders": Coupon("founders", "Founders", "forever", percent_off=15, lands=False),
    "loyal_before": Coupon("loyal", "Loyalty", "forever", percent_off=20, lands=False),
}


class Catalog:
    """Prices, made the first time that somebody buys them."""

    def __init__(self) -> None:
        self.prices: dict[str, Price] = {}

    def list_price(
        self,
        product: str,
        tier: str,
        currency: str,
        interval: str = "month",
        count: int = 1,
        generation: int = 1,
    ) -> Price:
        """The list price of a tier in one of the four price lists."""
        cents = (
            LIST_PRICES[product, tier]
            * CURRENCY_FACTORS[currency]
            * GENERATION_FACTORS[generation]
            * INTERVAL_FACTORS[interval, count]
        )
        price_id = f"{product}_{tier}_{currency.lower()}_{interval[0]}{count}_{generation}"
        return self.add(
            Price(
                price_id,
                f"prod_{product}",
                tier,
                currency,
                interval,
                count,
                Fraction(rounded(cents / 5) * 5),
            )
        )

    def add(self, price: Price) -> Price:
        """A price as it stands in the catalog."""
        return self.prices.setdefault(price.price_id, price)

"""What the company sells: products, prices, coupons, currencies."""

from dataclasses import dataclass
from fractions import Fraction

from .days import rounded

PLAN_RATES = {"EUR": Fraction("1.08"), "GBP": Fraction("1.27")}
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

    def amount(self, quantity: int) -> Fraction:
        """Minor units for one period of a quantity."""
        if self.divide_by:
            quantity = -(-quantity // self.divide_by)
        if not self.tiers:
            return (self.unit_amount or Fraction(0)) * quantity
        if self.tiers_mode == "volume":
            up_to, unit, flat = next(t for t in self.tiers if t[0] is None or quantity <= t[0])
            return Fraction(unit * quantity + flat)
        total, below = 0, 0
        for up_to, unit, flat in self.tiers:
            if quantity <= below:
                break
            total += unit * (min(quantity, up_to or quantity) - below) + flat
            below = up_to or quantity
        return Fraction(total)

    @property
    def periods_per_year(self) -> Fraction:
        """Billing periods in a year."""
        return Fraction(PERIODS_PER_YEAR[self.interval], self.interval_count)

    @property
    def charge_type(self) -> str:
        """The kind of charge, in the words of the ledger."""
        return "usage" if self.usage_type == "metered" else "recurring"


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
    )
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

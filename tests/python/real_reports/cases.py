"""What public reports describe, and more of each kind, with the ARR that is right.

Amounts in rows are minor units; expected ARR is in US dollars at the plan rates below. Sources are
the public threads in which the kind of row was met.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field

from .rows import Line, Rows, after

AS_OF = "2025-12-31"
YEAR = ("2025-01", "2025-12")
RATES = {"EUR": "1.2", "GBP": "1.3", "UGX": "0.0004", "ISK": "0.008", "JPY": "0.007", "KWD": "3.25"}


@dataclass(frozen=True)
class Case:
    """Rows, and what must come of them: spans of months, both ends included, with their ARR."""

    name: str
    kind: str
    source: str
    fill: Callable[[Rows], None]
    arr: dict[str, list[tuple[str, str, str]]]
    movements: tuple[tuple[str, str, str], ...] | None = None  # of the one customer of the case
    findings: frozenset[tuple[str, str]] = frozenset()  # kind, subject
    # None: amounts of parts of a month stand in the invoices, which the reconciliation leaves open
    reasons: frozenset[str] | None = field(default_factory=lambda: frozenset({"agrees"}))

    @property
    def has_invoices(self) -> bool:
        """Whether an invoice is among the rows."""
        rows = Rows()
        self.fill(rows)
        return bool(rows.tables["stripe", "invoice"])


CASES: list[Case] = []


def case(
    name: str,
    kind: str,
    source: str,
    arr: str | dict[str, list[tuple[str, str, str]]],
    reasons: set[str] | None = frozenset({"agrees"}),
    findings: set[tuple[str, str]] = frozenset(),
    movements: list[tuple[str, str, str]] | None = None,
) -> Callable[[Callable[[Rows], None]], Callable[[Rows], None]]:
    """Adds a case; an amount alone holds for every month of 2025 and is new in January."""
    spans = {"c1": [(*YEAR, arr)]} if isinstance(arr, str) else arr
    if isinstance(arr, str):
        movements = movements or [("2025-01", "new", arr)]

    def add(fill: Callable[[Rows], None]) -> Callable[[Rows], None]:
        CASES.append(
            Case(
                name, kind, source, fill, spans,
                None if movements is None else tuple(movements), frozenset(findings),
                None if reasons is None else frozenset(reasons),
            )
        )  # fmt: skip
        return fill

    return add


def subscribed(rows: Rows, quantity: int | None = 1, **price: object) -> None:
    """One subscription of one item since 10 January 2025."""
    rows.subscription()
    rows.price(**price)
    rows.item(quantity=quantity)


# ---- minor units and currencies ----


@case("ugx_has_two_decimals", "minor units", "woocommerce-gateway-stripe #2674", "240.00")
def _(rows: Rows) -> None:
    """5,000,000 are UGX 50,000.00 a month, 600,000 a year, at 0.0004."""
    subscribed(rows, amount=5000000, currency="ugx")
    rows.invoices("2025-01-10", 12, Line(5000000), currency="ugx")


@case("isk_has_two_decimals", "minor units", "Shopify/money #258", "96.00")
def _(rows: Rows) -> None:
    """100,000 are ISK 1,000.00 a month, 12,000 a year, at 0.008."""
    subscribed(rows, amount=100000, currency="isk")
    rows.invoices("2025-01-10", 12, Line(100000), currency="isk")


@case("jpy_has_none", "minor units", "polar #11557", "84.00")
def _(rows: Rows) -> None:
    """1,000 yen a month, 12,000 a year, at 0.007."""
    subscribed(rows, amount=1000, currency="jpy")
    rows.invoices("2025-01-10", 12, Line(1000), currency="jpy")


@case("kwd_has_three", "minor units", "polar #11557", "390.00")
def _(rows: Rows) -> None:
    """10,000 are KWD 10.000 a month, 120 a year, at 3.25."""
    subscribed(rows, amount=10000, currency="kwd")
    rows.invoices("2025-01-10", 12, Line(10000), currency="kwd")


@case("billed_in_euros", "currency", "polar #13943, rallly #2575, civitai #4945", "129.60")
def _(rows: Rows) -> None:
    """The price row says 10.00 dollars; EUR 9.00 a month are charged, 108 a year, at 1.2."""
    options = {"usd": {"unit_amount": 1000}, "eur": {"unit_amount": 900}}
    subscribed(rows, amount=1000, currency_options=json.dumps(options))
    rows.invoices("2025-01-10", 12, Line(900), currency="eur")


@case("billed_in_pounds_without_options", "currency", "rallly #2575", "249.60")
def _(rows: Rows) -> None:
    """No option of the price: two seats at 8.00 pounds as invoiced, 192 a year, at 1.3."""
    subscribed(rows, amount=1000, quantity=2)
    rows.invoices("2025-01-10", 12, Line(1600, quantity=2), currency="gbp")


@case("billed_in_yen_by_the_year", "currency", "civitai #4945", "70.00")
def _(rows: Rows) -> None:
    """10,000 yen a year: no minor unit, although the price row has dollars."""
    subscribed(
        rows, amount=12000, interval="year", currency_options='{"jpy": {"unit_amount": 10000}}'
    )
    rows.invoice("in1", "2025-01-10", "2026-01-10", Line(10000), currency="jpy")


@case("currency_of_the_subscription", "currency", "polar #13943", "129.60", reasons=set())
def _(rows: Rows) -> None:
    """Nothing is invoiced yet: the currency of the subscription says which option holds."""
    rows.subscription(currency="eur")
    rows.price(amount=1000, currency_options='{"eur": {"unit_amount_decimal": "900"}}')
    rows.item()


@case("services_in_another_currency", "currency", "met beside polar #13943", "1200.00",
      reasons={"agrees", "one_time"})  # fmt: skip
def _(rows: Rows) -> None:
    """EUR 500.00 of services once, in a currency that no line has."""
    subscribed(rows)
    rows.invoices("2025-01-10", 12, Line(10000))
    rows.invoice("once", "2025-06-01", "2025-06-01", Line(50000, item=None, price=None),
                 subscription=None, currency="eur")  # fmt: skip


# ---- tiers and metered prices ----


def tiers(*amounts: int, quantities: tuple[int, ...], **columns: object) -> list[Line]:
    """The lines that Stripe writes for the tiers of a price."""
    return [
        Line(amount, quantity=quantity, columns=dict(columns))
        for amount, quantity in zip(amounts, quantities, strict=True)
    ]


@case("graduated_lines", "tiers", "gitpod, highlight #7265, localstripe #51", "888.00")
def _(rows: Rows) -> None:
    """Five at 10.00 and three at 8.00 are 74.00 a month."""
    subscribed(rows, amount=None, quantity=8, tiers_mode="graduated")
    rows.tier(up_to=5, unit_amount=1000)
    rows.tier(unit_amount=800)
    rows.invoices("2025-01-10", 12, *tiers(5000, 2400, quantities=(5, 3)))


@case("graduated_lines_without_tiers", "tiers", "highlight #7265", "888.00")
def _(rows: Rows) -> None:
    """The same where no table of tiers is landed."""
    subscribed(rows, amount=None, quantity=8, tiers_mode="graduated")
    rows.invoices("2025-01-10", 12, *tiers(2400, 5000, quantities=(3, 5)))


def _seat_change(rows: Rows) -> None:
    """Eight seats until 20 June, twelve from then on: 74.00, then 106.00 a month."""
    subscribed(rows, amount=None, quantity=12, tiers_mode="graduated")
    rows.invoices("2025-01-10", 6, *tiers(5000, 2400, quantities=(5, 3)))
    left = {"proration": "true", "type": "invoiceitem"}
    change = [
        *tiers(-3333, -1600, quantities=(5, 3), **left),
        *tiers(3333, 3733, quantities=(5, 7), **left),
    ]
    for line in change:
        line.start, line.end = "2025-06-20", "2025-07-10"
    july = [*tiers(5000, 5600, quantities=(5, 7)), *change]
    rows.invoice("in07", "2025-07-10", "2025-08-10", *july)
    rows.invoices("2025-08-10", 5, *tiers(5000, 5600, quantities=(5, 7)), name="later")


SEATS = {"c1": [("2025-01", "2025-05", "888.00"), ("2025-06", "2025-12", "1272.00")]}


@case("graduated_seats_change", "tiers", "gitpod", SEATS, {"agrees", "part_period"},
      movements=[("2025-01", "new", "888.00"), ("2025-06", "expansion", "384.00")])  # fmt: skip
def _(rows: Rows) -> None:
    """Seats change in the middle of a period, with the table of tiers."""
    _seat_change(rows)
    rows.tier(up_to=5, unit_amount=1000)
    rows.tier(unit_amount=800)


@case("graduated_seats_change_without_tiers", "tiers", "gitpod", SEATS, {"agrees", "part_period"},
      movements=[("2025-01", "new", "888.00"), ("2025-06", "expansion", "384.00")])  # fmt: skip
def _(rows: Rows) -> None:
    """The same without the table of tiers."""
    _seat_change(rows)


@case("seats_added_before_their_first_invoice", "tiers", "localstripe #51", "888.00",
      findings={("amount_not_known", "si1")})  # fmt: skip
def _(rows: Rows) -> None:
    """Twelve seats now, eight on every invoice, no tiers: nothing says what twelve cost."""
    subscribed(rows, amount=None, quantity=12, tiers_mode="graduated")
    rows.invoices("2025-01-10", 12, *tiers(5000, 2400, quantities=(5, 3)))


@case("volume_with_flat_fees", "tiers", "Stripe price object", "1032.00")
def _(rows: Rows) -> None:
    """Eight at 8.00 and a flat fee of 22.00, which is a line without units: 86.00 a month."""
    subscribed(rows, amount=None, quantity=8, tiers_mode="volume")
    rows.tier(up_to=5, unit_amount=1000, flat_amount=1500)
    rows.tier(unit_amount=800, flat_amount=2200)
    rows.invoices("2025-01-10", 12, *tiers(6400, 2200, quantities=(8, 0)))


@case("flat_fee_alone", "tiers", "Stripe price object", "600.00")
def _(rows: Rows) -> None:
    """A flat fee of 50.00 whatever the seats; its line says quantity 0, the other 0.00."""
    subscribed(rows, amount=None, quantity=3, tiers_mode="graduated")
    rows.tier(unit_amount=0, flat_amount=5000)
    rows.invoices("2025-01-10", 12, *tiers(0, 5000, quantities=(3, 0)))


@case("flat_fee_counted_as_a_unit", "tiers", "highlight #7265", "1128.00")
def _(rows: Rows) -> None:
    """The flat fee comes with quantity 1: 94.00 a month as invoiced, whatever the seats sum to."""
    subscribed(rows, amount=None, quantity=8, tiers_mode="graduated")
    rows.tier(up_to=5, unit_amount=1000, flat_amount=2000)
    rows.tier(unit_amount=800)
    rows.invoices("2025-01-10", 12, *tiers(5000, 2400, 2000, quantities=(5, 3, 1)))


@case("flat_fee_in_decimals", "decimals", "terraform-provider-stripe #45", "306.06", reasons=set())
def _(rows: Rows) -> None:
    """2550.5 cents a month stand in flat_amount_decimal alone."""
    subscribed(rows, amount=None, quantity=3, tiers_mode="volume")
    rows.tier(unit_amount=0, flat_amount_decimal="2550.5")


@case("price_in_decimals", "decimals", "Stripe price object", "9.00", reasons=set())
def _(rows: Rows) -> None:
    """1,500 units at 0.05 cents a month."""
    subscribed(rows, amount=None, quantity=1500, unit_amount_decimal="0.05")


@case("price_in_decimals_beside_a_zero", "decimals", "Stripe price object", "9.00", reasons=set())
def _(rows: Rows) -> None:
    """The same where the loader writes 0 for the amount that has no whole cents."""
    subscribed(rows, amount=0, quantity=1500, unit_amount_decimal="0.05")


@case("tier_in_decimals", "decimals", "terraform-provider-stripe #45", "45.00", reasons=set())
def _(rows: Rows) -> None:
    """500 units at 0.75 cents a month."""
    subscribed(rows, amount=None, quantity=500, tiers_mode="graduated")
    rows.tier(unit_amount_decimal="0.75")


@case("committed_minimum", "metered", "Stripe price tiers", "1200.00", {"agrees", "usage"})
def _(rows: Rows) -> None:
    """A meter with a flat first tier of 100.00; 37.00 of usage beyond it is no ARR."""
    subscribed(rows, amount=None, quantity=None, usage="metered", tiers_mode="graduated")
    rows.tier(up_to=1000, unit_amount=0, flat_amount=10000)
    rows.tier(unit_amount=2)
    rows.invoices("2025-01-10", 12, Line(10000, quantity=0), Line(3700, quantity=1850))


@case("committed_minimum_without_tiers", "metered", "Stripe price tiers", "1200.00",
      {"agrees", "usage"})  # fmt: skip
def _(rows: Rows) -> None:
    """The same known from invoices alone."""
    subscribed(rows, amount=None, quantity=None, usage="metered", tiers_mode="graduated")
    rows.invoices("2025-01-10", 12, Line(10000, quantity=0), Line(3700, quantity=1850))


@case("usage_alone", "metered", "Stripe price tiers", {}, {"usage"})
def _(rows: Rows) -> None:
    """Usage without a minimum is no ARR."""
    subscribed(rows, amount=2, quantity=None, usage="metered")
    rows.invoices("2025-01-10", 12, Line(3700, quantity=1850))


# ---- tax ----


@case(
    "tax_inside", "tax", "Stripe price.tax_behavior, gitpod fixture", "1440.00", {"agrees", "tax"}
)
def _(rows: Rows) -> None:
    """EUR 119.00 include 19.00: 100.00 a month, 1,200 a year, at 1.2."""
    subscribed(rows, amount=11900, currency="eur", tax_behavior="inclusive")
    line = Line(11900, columns={"unit_amount_excluding_tax": "10000"})
    rows.invoices("2025-01-10", 12, line, tax=1900, tax_inside=True, currency="eur")


@case("tax_inside_by_invoice", "tax", "chartmogul: MRR is net of tax", "2400.00", {"agrees", "tax"})
def _(rows: Rows) -> None:
    """Two seats at 120.00 with 20 per cent inside; only the invoice says how much tax there is."""
    subscribed(rows, amount=12000, quantity=2, tax_behavior="inclusive")
    rows.invoices("2025-01-10", 12, Line(24000, quantity=2), tax=4000, tax_inside=True)


@case("tax_inside_by_rate", "tax", "Stripe tax rates", "1200.00", {"agrees", "tax"})
def _(rows: Rows) -> None:
    """A tax rate that is inside a price that says nothing of it."""
    subscribed(rows, amount=11900)
    line = Line(11900, columns={"unit_amount_excluding_tax": "10000"})
    rows.invoices("2025-01-10", 12, line, tax=1900, tax_inside=True)


@case("tax_inside_discounted", "tax", "Stripe price.tax_behavior", "960.00", {"agrees", "tax"})
def _(rows: Rows) -> None:
    """A fifth off 119.00 with 19 per cent inside is 95.20, of which 80.00 is no tax."""
    subscribed(rows, amount=11900, tax_behavior="inclusive")
    rows.coupon("fifth", percent_off=20)
    rows.discount("fifth")
    line = Line(11900, columns={"unit_amount_excluding_tax": "10000"})
    rows.invoices("2025-01-10", 12, line, tax=1520, tax_inside=True, off=2380)


@case("tax_on_top", "tax", "Stripe price.tax_behavior", "1200.00", {"agrees", "tax"})
def _(rows: Rows) -> None:
    """Tax on top of 100.00 changes nothing."""
    subscribed(rows, tax_behavior="exclusive")
    line = Line(10000, columns={"unit_amount_excluding_tax": "10000"})
    rows.invoices("2025-01-10", 12, line, tax=1900)


@case("tax_inside_unknown", "tax", "Stripe price.tax_behavior", "1428.00", set(),
      {("tax_inside_price", "si1")})  # fmt: skip
def _(rows: Rows) -> None:
    """Without invoices it is not known how much of 119.00 is tax: a finding."""
    subscribed(rows, amount=11900, tax_behavior="inclusive")


# ---- discounts ----


@case("coupon_of_one_product", "discounts", "autumn #535, mozilla/fxa #11427", "5400.00", set())
def _(rows: Rows) -> None:
    """Half off product A: 50.00 and 400.00 a month."""
    _two_products(rows)
    rows.coupon("half", percent_off=50, applies_to_products="prA")
    rows.discount("half")


@case("coupon_of_two_products_in_json", "discounts", "WCPay #3185", "5400.00", set())
def _(rows: Rows) -> None:
    """The same with a list of products, one of which no customer holds."""
    _two_products(rows)
    rows.coupon("half", percent_off=50, applies_to_products='["prC", "prA"]')
    rows.discount("half")


@case("coupon_of_one_product_by_invoice", "discounts", "mozilla/fxa #11427", "5400.00")
def _(rows: Rows) -> None:
    """The coupon row says nothing of products; 50.00 of 500.00 are taken off every invoice."""
    _two_products(rows)
    rows.coupon("half", percent_off=50)
    rows.discount("half")
    lines = Line(10000, price="pA"), Line(40000, item="si2", price="pB")
    rows.invoices("2025-01-10", 12, *lines, off=5000)


def _two_products(rows: Rows) -> None:
    rows.subscription()
    rows.price("pA", product="prA")
    rows.price("pB", amount=40000, product="prB")
    rows.item(price="pA")
    rows.item("si2", price="pB")


@case("repeating_on_a_year", "discounts", "stripe-go #1671, Ghost #14470", "960.00")
def _(rows: Rows) -> None:
    """Three months of a fifth off a yearly price: the year costs 960.00."""
    subscribed(rows, amount=120000, interval="year")
    rows.coupon("c20", "repeating", percent_off=20, duration_in_months=3)
    rows.discount("c20", end="2025-04-10")
    rows.invoice("in1", "2025-01-10", "2026-01-10", Line(120000), off=24000)


@case("repeating_on_a_year_without_invoices", "discounts", "Ghost #14470", "960.00", set())
def _(rows: Rows) -> None:
    """The same where no invoice is landed."""
    subscribed(rows, amount=120000, interval="year")
    rows.coupon("c20", "repeating", percent_off=20, duration_in_months=3)
    rows.discount("c20")


@case("repeating_on_quarters", "discounts", "stripe-go #1671",
      {"c1": [("2025-01", "2025-06", "960.00"), ("2025-07", "2025-12", "1200.00")]},
      movements=[("2025-01", "new", "960.00"), ("2025-07", "expansion", "240.00")])  # fmt: skip
def _(rows: Rows) -> None:
    """Four months of a fifth off a quarterly price reach two quarters."""
    subscribed(rows, amount=30000, count=3)
    rows.coupon("c20", "repeating", percent_off=20, duration_in_months=4)
    rows.discount("c20", end="2025-05-10")
    rows.invoices("2025-01-10", 4, Line(30000), months=3, off=[6000, 6000, 0, 0])


@case("repeating_on_quarters_without_invoices", "discounts", "stripe-go #1671",
      {"c1": [("2025-01", "2025-06", "960.00"), ("2025-07", "2025-12", "1200.00")]},
      set())  # fmt: skip
def _(rows: Rows) -> None:
    """The same by the billing periods that the anchor gives."""
    subscribed(rows, amount=30000, count=3)
    rows.coupon("c20", "repeating", percent_off=20, duration_in_months=4)
    rows.discount("c20")


@case("repeating_on_months", "discounts", "stripe-go #1671",
      {"c1": [("2025-01", "2025-03", "960.00"), ("2025-04", "2025-12", "1200.00")]})  # fmt: skip
def _(rows: Rows) -> None:
    """Three months of a fifth off a monthly price are three months."""
    subscribed(rows)
    rows.coupon("c20", "repeating", percent_off=20, duration_in_months=3)
    rows.discount("c20", end="2025-04-10")
    rows.invoices("2025-01-10", 12, Line(10000), off=[2000] * 3 + [0] * 9)


@case("repeating_on_months_and_a_year", "discounts", "stripe-go #1671",
      {"c1": [("2025-01", "2025-03", "1920.00"), ("2025-04", "2025-12", "2160.00")]})  # fmt: skip
def _(rows: Rows) -> None:
    """On one subscription: the month for three months, the year for the year."""
    subscribed(rows)
    rows.price("year", amount=120000, interval="year", product="pr2")
    rows.item("si2", price="year")
    rows.coupon("c20", "repeating", percent_off=20, duration_in_months=3)
    rows.discount("c20", end="2025-04-10")
    both = Line(10000), Line(120000, item="si2", price="year", end="2026-01-10")
    rows.invoice("in01", "2025-01-10", "2025-02-10", *both, off=26000)
    rows.invoices("2025-02-10", 11, Line(10000), name="m", off=[2000] * 2 + [0] * 9)


@case("fixed_amount_monthly", "discounts", "Stripe coupon object", "1080.00")
def _(rows: Rows) -> None:
    """10.00 off each of twelve invoices of 100.00."""
    subscribed(rows)
    rows.coupon("ten", amount_off=1000, currency="usd")
    rows.discount("ten")
    rows.invoices("2025-01-10", 12, Line(10000), off=1000)


@case("fixed_amount_yearly", "discounts", "Stripe coupon object", "1190.00")
def _(rows: Rows) -> None:
    """10.00 off the one invoice of a year."""
    subscribed(rows, amount=120000, interval="year")
    rows.coupon("ten", amount_off=1000, currency="usd")
    rows.discount("ten")
    rows.invoice("in1", "2025-01-10", "2026-01-10", Line(120000), off=1000)


@case("fixed_amount_on_months_and_a_year", "discounts", "Stripe coupon object", "2280.00", set())
def _(rows: Rows) -> None:
    """10.00 off each invoice are off what is invoiced each month: 120.00 a year."""
    subscribed(rows)
    rows.price("year", amount=120000, interval="year", product="pr2")
    rows.item("si2", price="year")
    rows.coupon("ten", amount_off=1000, currency="usd")
    rows.discount("ten")


@case("fixed_amount_in_two_currencies", "discounts", "Stripe coupon.currency_options", "1310.40")
def _(rows: Rows) -> None:
    """9.00 euros off 100.00: 1,092 a year, at 1.2."""
    subscribed(rows, currency="eur")
    rows.coupon(
        "ten", amount_off=1000, currency="usd", currency_options={"eur": {"amount_off": 900}}
    )
    rows.discount("ten")
    rows.invoices("2025-01-10", 12, Line(10000), currency="eur", off=900)


@case("coupon_deleted", "discounts", "stripe-cohort #2", "1200.00", set(),
      {("discount_without_coupon", "di1")})  # fmt: skip
def _(rows: Rows) -> None:
    """The coupon is gone and no invoice says what it takes off: a finding."""
    subscribed(rows)
    rows.discount("gone")


@case("coupon_deleted_with_invoices", "discounts", "stripe-cohort #2", "900.00",
      findings={("discount_without_coupon", "di1")})  # fmt: skip
def _(rows: Rows) -> None:
    """The coupon is gone; every invoice took a quarter off."""
    subscribed(rows)
    rows.discount("gone")
    rows.invoices("2025-01-10", 12, Line(10000), off=2500)


@case("coupon_made_anew", "discounts", "autumn #2260", "960.00")
def _(rows: Rows) -> None:
    """Half off by the coupon of today, a fifth off every invoice."""
    subscribed(rows)
    rows.coupon("SAVE", percent_off=50)
    rows.discount("SAVE")
    rows.invoices("2025-01-10", 12, Line(10000), off=2000)


@case("coupon_made_anew_on_a_year", "discounts", "autumn #2260", "960.00")
def _(rows: Rows) -> None:
    """The same on the one invoice of a year."""
    subscribed(rows, amount=120000, interval="year")
    rows.coupon("SAVE", percent_off=50)
    rows.discount("SAVE")
    rows.invoice("in1", "2025-01-10", "2026-01-10", Line(120000), off=24000)


@case("coupon_made_anew_with_an_amount", "discounts", "autumn #2260", "960.00")
def _(rows: Rows) -> None:
    """A fixed amount today, a fifth off every invoice."""
    subscribed(rows)
    rows.coupon("SAVE", amount_off=700, currency="usd")
    rows.discount("SAVE")
    rows.invoices("2025-01-10", 12, Line(10000), off=2000)


@case("discount_row_deleted", "discounts", "stripe-cohort #2", "900.00")
def _(rows: Rows) -> None:
    """Neither coupon nor discount is landed; every invoice took a quarter off."""
    subscribed(rows)
    rows.invoices("2025-01-10", 12, Line(10000), off=2500)


@case("discount_of_one_invoice", "discounts", "Stripe coupon object", "1200.00",
      {"agrees", "discount"})  # fmt: skip
def _(rows: Rows) -> None:
    """Half off one invoice of twelve by a coupon for once: no change of ARR."""
    subscribed(rows)
    rows.coupon("welcome", "once", percent_off=50)
    rows.discount("welcome")
    rows.invoices("2025-01-10", 12, Line(10000), off=[5000] + [0] * 11)


@case("one_invoice_differs", "discounts", "met beside autumn #2260", "960.00",
      {"agrees", "unexplained"},
      {("unexplained_invoice_difference", "s1")})  # fmt: skip
def _(rows: Rows) -> None:
    """A fifth off by coupon and by every invoice but that of June, which took half off."""
    subscribed(rows)
    rows.coupon("fifth", percent_off=20)
    rows.discount("fifth")
    rows.invoices("2025-01-10", 12, Line(10000), off=[2000] * 5 + [5000] + [2000] * 6)


@case("two_coupons", "discounts", "Stripe stacked discounts", "864.00")
def _(rows: Rows) -> None:
    """A tenth, then a fifth of what is left: 72.00 a month."""
    subscribed(rows)
    rows.coupon("tenth", percent_off=10)
    rows.coupon("fifth", percent_off=20)
    rows.discount("tenth", discount="di1")
    rows.discount("fifth", discount="di2")
    rows.invoices("2025-01-10", 12, Line(10000), off=2800)


@case("four_coupons", "discounts", "Stripe stacked discounts", "787.32", set())
def _(rows: Rows) -> None:
    """A tenth off four times: 65.61 a month."""
    subscribed(rows)
    rows.coupon("tenth", percent_off=10)
    for number in range(4):
        rows.discount("tenth", discount=f"di{number}")


@case("seven_coupons", "discounts", "Stripe stacked discounts", "637.68", set(),
      {("discount_beyond_the_sixth", "di6")})  # fmt: skip
def _(rows: Rows) -> None:
    """A tenth off six times leaves 53.14 a month; what the seventh takes off no invoice says."""
    _seven_tenths(rows)


@case("seven_coupons_with_invoices", "discounts", "Stripe stacked discounts", "573.96",
      findings={("discount_beyond_the_sixth", "di6")})  # fmt: skip
def _(rows: Rows) -> None:
    """The same, invoiced: seven times a tenth off leaves 47.83 a month."""
    _seven_tenths(rows)
    rows.invoices("2025-01-10", 12, Line(10000), off=5217)


def _seven_tenths(rows: Rows) -> None:
    subscribed(rows)
    rows.coupon("tenth", percent_off=10)
    for number in range(7):
        rows.discount("tenth", discount=f"di{number}")


@case("coupon_deleted_of_a_customer", "discounts", "stripe-cohort #2", "2400.00", set(),
      {("discount_without_coupon", "di1")})  # fmt: skip
def _(rows: Rows) -> None:
    """A discount of a customer with two subscriptions, whose coupon is gone, is one finding."""
    subscribed(rows)
    rows.subscription("s2")
    rows.item("si2", "s2")
    rows.add(
        *("stripe", "discount"),
        id="di1", coupon_id="gone", customer_id="c1", start="2025-01-10 10:00:00",
    )  # fmt: skip


@case("discount_inside_a_period", "discounts", "metrics of this project",
      {"c1": [("2025-01", "2025-03", "1200.00"), ("2025-04", "2025-12", "960.00")]})  # fmt: skip
def _(rows: Rows) -> None:
    """Given on 20 March, first taken off the invoice of 10 April."""
    subscribed(rows)
    rows.coupon("fifth", percent_off=20)
    rows.discount("fifth", start="2025-03-20")
    rows.invoices("2025-01-10", 12, Line(10000), off=[0] * 3 + [2000] * 9)


@case("once_each_year", "discounts", "Stripe coupon object",
      {"c1": [("2024-01", "2025-12", "1200.00")]}, {"discount", "unexplained"},
      {("unexplained_invoice_difference", "s1")})  # fmt: skip
def _(rows: Rows) -> None:
    """Half off two years, the second for once; of the first nothing says that it recurs."""
    rows.subscription(created="2024-01-10")
    rows.price(amount=120000, interval="year")
    rows.item(created="2024-01-10")
    rows.coupon("half", "once", percent_off=50)
    rows.discount("half", start="2025-01-05")
    rows.invoices("2024-01-10", 2, Line(120000), months=12, off=60000)


@case("item_leaves_with_a_coupon_on", "discounts", "Stripe prorations",
      {"c1": [("2025-01", "2025-05", "1920.00"), ("2025-06", "2025-12", "960.00")]},
      {"agrees", "part_period"})  # fmt: skip
def _(rows: Rows) -> None:
    """A fifth off; one of two items leaves on 20 June: 100.00 less a credit of 66.67, 6.67 off."""
    subscribed(rows)
    rows.price("p2", product="pr2")
    rows.coupon("fifth", percent_off=20)
    rows.discount("fifth")
    rows.invoices("2025-01-10", 6, Line(10000), Line(10000, "si2", "p2"), off=4000)
    credit = Line(-6667, "si2", "p2", 1, "2025-06-20", "2025-07-10", CORRECTION)
    rows.invoice("left", "2025-07-10", "2025-08-10", Line(10000), credit, off=667)
    rows.invoices("2025-08-10", 5, Line(10000), name="then", off=2000)


# ---- trials ----


@case("trial_over_a_paid_year", "trials", "Stripe api-discuss, developreference 14861504",
      {"c1": [("2024-07", "2025-12", "1200.00")]}, {"agrees", "free_time"},
      movements=[("2024-07", "new", "1200.00")])  # fmt: skip
def _(rows: Rows) -> None:
    """Paid to 10 July, in trial from 1 May to 10 September."""
    rows.subscription(created="2024-07-10", trial_start="2025-05-01", trial_end="2025-09-10")
    rows.price(amount=120000, interval="year")
    rows.item(created="2024-07-10")
    rows.invoice("i1", "2024-07-10", "2025-07-10", Line(120000))
    rows.invoice("i2", "2025-05-01", "2025-09-10", Line(0))
    rows.invoice("i3", "2025-09-10", "2026-09-10", Line(120000))


@case("free_month", "trials", "Ghost #26474, #26533", "1200.00", {"agrees", "free_time"})
def _(rows: Rows) -> None:
    """Paid until 5 April, a free month by a trial from 20 March to 5 May."""
    rows.subscription(created="2025-01-05", trial_start="2025-03-20", trial_end="2025-05-05")
    rows.price()
    rows.item(created="2025-01-05")
    rows.invoices("2025-01-05", 3, Line(10000))
    rows.invoice("free", "2025-03-20", "2025-05-05", Line(0))
    rows.invoices("2025-05-05", 8, Line(10000), name="then")


@case("free_month_without_invoices", "trials", "Ghost #26533", "1200.00", set())
def _(rows: Rows) -> None:
    """A trial that begins long after the subscription is free time of a payer."""
    rows.subscription(created="2025-01-05", trial_start="2025-03-20", trial_end="2025-05-05")
    rows.price()
    rows.item(created="2025-01-05")


@case("first_trial", "trials", "Stripe trials", {"c1": [("2025-02", "2025-12", "1200.00")]},
      movements=[("2025-02", "new", "1200.00")])  # fmt: skip
def _(rows: Rows) -> None:
    """A trial before the first payment is no ARR."""
    rows.subscription(trial_start="2025-01-10", trial_end="2025-02-10")
    rows.price()
    rows.item()
    rows.invoice("trial", "2025-01-10", "2025-02-10", Line(0))
    rows.invoices("2025-02-10", 11, Line(10000))


@case("first_trial_and_a_free_month", "trials", "Ghost #26474",
      {"c1": [("2025-02", "2025-12", "1200.00")]}, {"agrees", "free_time"})  # fmt: skip
def _(rows: Rows) -> None:
    """The row keeps the later trial only; the first one is known by its invoice of nothing."""
    rows.subscription(trial_start="2025-06-20", trial_end="2025-08-10")
    rows.price()
    rows.item()
    rows.invoice("trial", "2025-01-10", "2025-02-10", Line(0))
    rows.invoices("2025-02-10", 5, Line(10000))
    rows.invoice("free", "2025-06-20", "2025-08-10", Line(0))
    rows.invoices("2025-08-10", 5, Line(10000), name="then")


@case("moved_in_trial", "trials", "Ghost #19902", {"c1": [("2024-07", "2025-12", "1200.00")]},
      {"agrees", "free_time", "stopped_in_period"},
      movements=[("2024-07", "new", "1200.00")])  # fmt: skip
def _(rows: Rows) -> None:
    """A paid year is replaced by a new subscription in trial until the paid time ends."""
    rows.subscription("s1", created="2024-07-10", status="canceled", ended_at="2025-05-01")
    rows.subscription("s2", created="2025-05-01", trial_start="2025-05-01", trial_end="2025-07-10")
    rows.price(amount=120000, interval="year")
    rows.item("si1", "s1", created="2024-07-10")
    rows.item("si2", "s2", created="2025-05-01")
    rows.invoice("i1", "2024-07-10", "2025-07-10", Line(120000))
    rows.invoice("i2", "2025-05-01", "2025-07-10", Line(0, item="si2"), subscription="s2")
    rows.invoice("i3", "2025-07-10", "2026-07-10", Line(120000, item="si2"), subscription="s2")


@case("trial_beside_a_paid_one", "trials", "Stripe trials",
      {"c1": [("2025-01", "2025-05", "1200.00"), ("2025-06", "2025-12", "2400.00")]},
      movements=[("2025-01", "new", "1200.00"), ("2025-06", "expansion", "1200.00")])  # fmt: skip
def _(rows: Rows) -> None:
    """A payer tries a second product: no ARR of it until it is paid for."""
    subscribed(rows)
    rows.invoices("2025-01-10", 12, Line(10000))
    rows.subscription("s2", created="2025-05-10", trial_start="2025-05-10", trial_end="2025-06-10")
    rows.price("p2", product="pr2")
    rows.item("si2", "s2", "p2", created="2025-05-10")
    rows.invoices("2025-06-10", 7, Line(10000, item="si2", price="p2"), name="b", subscription="s2")


# ---- starts, moves, removals ----


@case("backdated", "starts", "Stripe backdate_start_date, polar migration", "1200.00",
      {"agrees", "not_invoiced"})  # fmt: skip
def _(rows: Rows) -> None:
    """Began on 1 January, entered and billed from 10 March."""
    rows.subscription(created="2025-03-10", start_date="2025-01-01")
    rows.price()
    rows.item(created="2025-03-10")
    rows.invoices("2025-03-10", 10, Line(10000))


@case("backdated_and_discounted", "starts", "polar migration", "960.00",
      {"agrees", "not_invoiced"})  # fmt: skip
def _(rows: Rows) -> None:
    """A discount that was there from the beginning reaches the time before it was entered."""
    rows.subscription(created="2025-03-10", start_date="2025-01-01")
    rows.price()
    rows.item(created="2025-03-10")
    rows.coupon("fifth", percent_off=20)
    rows.discount("fifth", start="2025-03-10")
    rows.invoices("2025-03-10", 10, Line(10000), off=2000)


@case("backdated_item_added_later", "starts", "polar migration",
      {"c1": [("2025-01", "2025-05", "1200.00"), ("2025-06", "2025-12", "2400.00")]},
      set())  # fmt: skip
def _(rows: Rows) -> None:
    """An item that was added in June is not as old as its subscription."""
    rows.subscription(created="2025-03-10", start_date="2025-01-01")
    rows.price()
    rows.item(created="2025-03-10")
    rows.item("si2", created="2025-06-10")


@case("moved_and_backdated", "starts", "Ghost #19902", "1200.00", set())
def _(rows: Rows) -> None:
    """Moved on 10 June to a subscription that is dated back to the start of the old one."""
    rows.subscription("s1", status="canceled", canceled_at="2025-06-10", ended_at="2025-06-10")
    rows.subscription("s2", created="2025-06-10", start_date="2025-01-10")
    rows.price()
    rows.item("si1", "s1")
    rows.item("si2", "s2", created="2025-06-10")


@case("moved_after_a_gap", "starts", "Ghost #19902", "1200.00", set())
def _(rows: Rows) -> None:
    """The old one ended eleven days before the new one was entered: no day counts twice."""
    rows.subscription("s1", status="canceled", canceled_at="2025-05-30", ended_at="2025-05-30")
    rows.subscription("s2", created="2025-06-10", start_date="2025-01-10")
    rows.price()
    rows.item("si1", "s1")
    rows.item("si2", "s2", created="2025-06-10")


@case("item_left_behind", "removals", "Fivetran subscription_item",
      {"c1": [("2025-01", "2025-06", "2400.00"), ("2025-07", "2025-12", "1200.00")]},
      findings={("item_left_out_of_invoices", "si2")},
      movements=[
          ("2025-01", "new", "2400.00"), ("2025-07", "contraction", "-1200.00"),
      ])  # fmt: skip
def _(rows: Rows) -> None:
    """Two items until June; invoices from July on leave one out, and its row is still there."""
    subscribed(rows)
    rows.price("p2", product="pr2")
    rows.item("si2", price="p2")
    rows.invoices("2025-01-10", 6, Line(10000), Line(10000, item="si2", price="p2"))
    rows.invoices("2025-07-10", 6, Line(10000), name="then")


@case("item_credited_and_left_behind", "removals", "Fivetran subscription_item",
      {"c1": [("2025-01", "2025-05", "2400.00"), ("2025-06", "2025-12", "1200.00")]},
      {"agrees", "part_period"})  # fmt: skip
def _(rows: Rows) -> None:
    """Removed on 20 June with a credit; the row was written again later."""
    subscribed(rows)
    rows.price("p2", product="pr2")
    rows.item("si2", price="p2")
    rows.invoices("2025-01-10", 6, Line(10000), Line(10000, item="si2", price="p2"))
    credit = Line(-6667, item="si2", price="p2", start="2025-06-20", end="2025-07-10",
                  columns={"proration": "true", "type": "invoiceitem"})  # fmt: skip
    rows.invoice("in07", "2025-07-10", "2025-08-10", Line(10000), credit)
    rows.invoices("2025-08-10", 5, Line(10000), name="then")


@case("invoice_issued_anew", "removals", "Stripe void and reissue",
      {"c1": [(*YEAR, "960.00")]})  # fmt: skip
def _(rows: Rows) -> None:
    """Ten seats on an invoice that was voided, eight on the one issued in its place."""
    subscribed(rows, amount=1000, quantity=8)
    rows.invoice("void", "2025-01-10", "2025-02-10", Line(10000, quantity=10), status="void")
    rows.invoices("2025-01-10", 12, Line(8000, quantity=8))


@case("invoices_stopped", "removals", "PostHog #58148", "1200.00", {"agrees", "not_invoiced"},
      {("invoices_stopped", "s1")})  # fmt: skip
def _(rows: Rows) -> None:
    """Active, and not invoiced since 10 March: a finding, for its ARR cannot be known."""
    rows.subscription(current_period_start="2025-02-10", current_period_end="2025-03-10")
    rows.price()
    rows.item(synced="2025-02-10 11:00:00")
    rows.invoices("2025-01-10", 2, Line(10000))


# ---- combinations ----

CORRECTION = {"proration": "true", "type": "invoiceitem"}


def seats_changed(
    before: tuple[int, int], after_it: tuple[int, int], start: str, end: str, price: str = "p1"
) -> list[Line]:
    """Credit and charge for the rest of a period: seats and amount before and after."""
    return [
        Line(amount, price=price, quantity=quantity, start=start, end=end, columns=CORRECTION)
        for quantity, amount in ((before[0], -before[1]), after_it)
    ]


def metered(rows: Rows, licensed: int) -> list[list[Line]]:
    """100.00 ahead on so many invoices of twelve, and a minimum of 100.00 with usage afterwards."""
    subscribed(rows)
    rows.price("meter", amount=None, usage="metered", tiers_mode="graduated", product="pr2")
    rows.tier("meter", up_to=1000, unit_amount=0, flat_amount=10000)
    rows.tier("meter", unit_amount=2)
    rows.item("si2", price="meter", quantity=None)
    invoices = []
    for number in range(12):
        end = after("2025-01-10", number)
        used = [
            Line(amount, "si2", "meter", quantity, after(end, -1), end)
            for amount, quantity in ((10000, 0), (3700, 1850))
            if number > 0
        ]
        invoices.append([Line(10000)] * (number < licensed) + used)
    return invoices


@case("minimum_billed_afterwards", "metered", "Stripe metered prices", "2400.00", None)
def _(rows: Rows) -> None:
    """Seats ahead and a minimum afterwards on the same invoices: neither has stayed behind."""
    for number, lines in enumerate(metered(rows, licensed=12)):
        start = after("2025-01-10", number)
        rows.invoice(f"in{number:02}", start, after(start, 1), *lines)


@case("minimum_alone_goes_on", "metered", "Fivetran subscription_item",
      {"c1": [("2025-01", "2025-06", "2400.00"), ("2025-07", "2025-12", "1200.00")]}, None,
      {("item_left_out_of_invoices", "si1")})  # fmt: skip
def _(rows: Rows) -> None:
    """Seats on six invoices, the minimum on all: the row of the seats stayed behind."""
    for number, lines in enumerate(metered(rows, licensed=6)):
        start = after("2025-01-10", number)
        rows.invoice(f"in{number:02}", start, after(start, 1), *lines)


@case("minimum_discounted", "metered", "Stripe metered prices", "2160.00", None)
def _(rows: Rows) -> None:
    """A tenth off seats, minimum and usage."""
    rows.coupon("tenth", percent_off=10)
    rows.discount("tenth")
    for number, lines in enumerate(metered(rows, licensed=12)):
        start = after("2025-01-10", number)
        off = sum(line.amount for line in lines) // 10
        rows.invoice(f"in{number:02}", start, after(start, 1), *lines, off=off)


@case("trial_ended_early", "trials", "Stripe trial_end=now", "1200.00")
def _(rows: Rows) -> None:
    """Converted on 20 January; the invoice of the trial was written until 9 February."""
    rows.subscription(trial_start="2025-01-10", trial_end="2025-01-20")
    rows.price()
    rows.item()
    rows.invoice("trial", "2025-01-10", "2025-02-09", Line(0))
    rows.invoices("2025-01-20", 12, Line(10000))


@case("trial_extended_and_ended_early", "trials", "Stripe trial_end",
      {"c1": [("2025-02", "2025-12", "1200.00")]},
      movements=[("2025-02", "new", "1200.00")])  # fmt: skip
def _(rows: Rows) -> None:
    """Extended to 10 March by a second invoice of nothing, then ended on 20 February."""
    rows.subscription(trial_start="2025-01-10", trial_end="2025-02-20")
    rows.price()
    rows.item()
    rows.invoice("trial1", "2025-01-10", "2025-01-24", Line(0))
    rows.invoice("trial2", "2025-01-20", "2025-03-10", Line(0))
    rows.invoices("2025-02-20", 11, Line(10000))


@case("trial_after_a_gap", "trials", "Stripe trials",
      {"c1": [("2025-01", "2025-04", "1200.00"), ("2025-08", "2025-12", "1200.00")]},
      movements=[("2025-01", "new", "1200.00"), ("2025-05", "churn", "-1200.00"),
                 ("2025-08", "reactivation", "1200.00")])  # fmt: skip
def _(rows: Rows) -> None:
    """Left on 10 May, back on 1 July in trial to 1 August: not the same subscription going on."""
    rows.subscription("s1", status="canceled", ended_at="2025-05-10")
    rows.subscription("s2", created="2025-07-01", trial_start="2025-07-01", trial_end="2025-08-01")
    rows.price()
    rows.item("si1", "s1")
    rows.item("si2", "s2", created="2025-07-01")
    rows.invoices("2025-01-10", 4, Line(10000))
    rows.invoice("trial", "2025-07-01", "2025-08-01", Line(0, "si2"), subscription="s2")
    rows.invoices("2025-08-01", 5, Line(10000, "si2"), subscription="s2", name="then")


@case("first_days_discounted", "discounts", "Stripe billing_cycle_anchor", "960.00", None)
def _(rows: Rows) -> None:
    """Two days of January for 6.43, of which 1.29 are a fifth; then whole months."""
    rows.subscription(created="2025-01-30", billing_cycle_anchor="2025-02-01")
    rows.price()
    rows.item(created="2025-01-30")
    rows.coupon("fifth", percent_off=20)
    rows.discount("fifth", start="2025-01-30")
    rows.invoice("first", "2025-01-30", "2025-02-01", Line(643), off=129)
    rows.invoices("2025-02-01", 11, Line(10000), off=2000)


@case("first_days_discounted_without_rows", "discounts", "stripe-cohort #2", "960.00", None)
def _(rows: Rows) -> None:
    """The same known from invoices alone: 1.30 off 6.50 is the share of the months after."""
    rows.subscription(created="2025-01-30", billing_cycle_anchor="2025-02-01")
    rows.price()
    rows.item(created="2025-01-30")
    rows.invoice("first", "2025-01-30", "2025-02-01", Line(650), off=130)
    rows.invoices("2025-02-01", 11, Line(10000), off=2000)


@case("year_begun_anew_with_a_coupon", "discounts", "Stripe billing_cycle_anchor=now",
      {"c1": [("2024-06", "2025-05", "960.00"), ("2025-06", "2025-12", "1056.00")]},
      {"agrees", "part_period"})  # fmt: skip
def _(rows: Rows) -> None:
    """A year of 1,320.00 the day after one of 1,200.00 began: 123.29 remain, 24.66 are a fifth."""
    rows.subscription(created="2024-06-10", billing_cycle_anchor="2025-06-11")
    rows.price(amount=120000, interval="year")
    rows.price("p2", amount=132000, interval="year")
    rows.item(price="p2", created="2024-06-10")
    rows.coupon("fifth", percent_off=20)
    rows.discount("fifth", start="2024-06-10")
    rows.invoices("2024-06-10", 2, Line(120000), months=12, off=24000)
    credit = Line(-119671, start="2025-06-11", end="2026-06-10", columns=CORRECTION)
    rows.invoice("anew", "2025-06-11", "2026-06-11", Line(132000, price="p2"), credit, off=2466)


@case("two_kinds_of_discount_and_a_seat", "discounts", "Stripe stacked discounts",
      {"c1": [("2025-01", "2025-10", "960.00"), ("2025-11", "2025-12", "2040.00")]},
      None)  # fmt: skip
def _(rows: Rows) -> None:
    """A tenth and 10.00 off: 80.00 of 100.00, and 170.00 of 200.00 since 20 November.

    December has 66.67 of corrections: a tenth of 266.67 and 10.00 are 36.67.
    """
    subscribed(rows, quantity=2)
    rows.coupon("tenth", percent_off=10)
    rows.coupon("ten", amount_off=1000, currency="usd")
    rows.discount("tenth", discount="di1")
    rows.discount("ten", discount="di2")
    rows.invoices("2025-01-10", 11, Line(10000), off=2000)
    seat = seats_changed((1, 6667), (2, 13333), "2025-11-20", "2025-12-10")
    rows.invoice("last", "2025-12-10", "2026-01-10", Line(20000, quantity=2), *seat, off=3667)


@case("coupon_of_one_product_and_a_seat", "discounts", "mozilla/fxa #11427",
      {"c1": [("2025-01", "2025-10", "5400.00"), ("2025-11", "2025-12", "6000.00")]},
      None)  # fmt: skip
def _(rows: Rows) -> None:
    """Half off product A and off its second seat since 20 November, nothing off product B."""
    _two_products(rows)
    rows.tables["stripe", "subscription_item"][0]["quantity"] = 2
    rows.coupon("half", percent_off=50, applies_to_products="prA")
    rows.discount("half")
    b = Line(40000, "si2", "pB")
    rows.invoices("2025-01-10", 11, Line(10000, price="pA"), b, off=5000)
    seat = seats_changed((1, 6667), (2, 13333), "2025-11-20", "2025-12-10", "pA")
    lines = [Line(20000, price="pA", quantity=2), b, *seat]
    rows.invoice("last", "2025-12-10", "2026-01-10", *lines, off=13333)


@case("coupon_deleted_and_a_fee", "discounts", "stripe-cohort #2", "600.00",
      {"agrees", "one_time"}, {("discount_without_coupon", "di1")})  # fmt: skip
def _(rows: Rows) -> None:
    """Half off the plan; the fee of 500.00 on the first invoice has none, as the others show."""
    subscribed(rows)
    rows.discount("gone")
    fee = Line(50000, item=None, price=None)
    rows.invoice("first", "2025-01-10", "2025-02-10", Line(10000), fee, off=5000)
    rows.invoices("2025-02-10", 11, Line(10000), off=5000)


@case(
    "fixed_amount_without_rows",
    "discounts",
    "stripe-cohort #2",
    {"c1": [(f"2025-{n:02}", f"2025-{n:02}", f"{120 * n}.00") for n in range(1, 13)]},
)
def _(rows: Rows) -> None:
    """10.00 off every invoice, which no row says; each month a seat of 10.00 more."""
    subscribed(rows, amount=1000, quantity=13)
    for number in range(12):
        start = after("2025-01-10", number)
        line = Line(1000 * (number + 2), quantity=number + 2)
        rows.invoice(f"in{number:02}", start, after(start, 1), line, off=1000)


@case("repeating_on_weeks_without_invoices", "intervals", "stripe-go #1671",
      {"c1": [("2025-01", "2025-03", "416.00"), ("2025-04", "2025-12", "520.00")]},
      set())  # fmt: skip
def _(rows: Rows) -> None:
    """10.00 a week, a fifth off to 30 March: the week of 28 March has it to its end."""
    subscribed(rows, amount=1000, interval="week")
    rows.coupon("fifth", "repeating", percent_off=20, duration_in_months=3)
    rows.discount("fifth", end="2025-03-30")


@case("repeating_on_a_year_that_renews", "intervals", "stripe-go #1671",
      {"c1": [("2024-01", "2024-12", "960.00"), ("2025-01", "2025-12", "1200.00")]},
      movements=[("2024-01", "new", "960.00"), ("2025-01", "expansion", "240.00")])  # fmt: skip
def _(rows: Rows) -> None:
    """Twelve months of a fifth off a yearly price that renews without."""
    rows.subscription(created="2024-01-10")
    rows.price(amount=120000, interval="year")
    rows.item(created="2024-01-10")
    rows.coupon("fifth", "repeating", percent_off=20, duration_in_months=12)
    rows.discount("fifth", start="2024-01-10", end="2025-01-10")
    rows.invoices("2024-01-10", 2, Line(120000), months=12, off=[24000, 0])


@case("year_beside_months", "removals", "Fivetran subscription_item", "2400.00")
def _(rows: Rows) -> None:
    """A yearly item is not ended by the months that do not list it."""
    subscribed(rows)
    rows.price("year", amount=120000, interval="year", product="pr2")
    rows.item("si2", price="year")
    year = Line(120000, "si2", "year", end="2026-01-10")
    rows.invoice("first", "2025-01-10", "2025-02-10", Line(10000), year)
    rows.invoices("2025-02-10", 11, Line(10000))


@case("quarter_left_behind", "removals", "Fivetran subscription_item",
      {"c1": [("2025-01", "2025-06", "2400.00"), ("2025-07", "2025-12", "1200.00")]},
      findings={("item_left_out_of_invoices", "si2")})  # fmt: skip
def _(rows: Rows) -> None:
    """A quarterly item beside a monthly one, invoiced in January and April and not in July."""
    subscribed(rows)
    rows.price("quarter", amount=30000, count=3, product="pr2")
    rows.item("si2", price="quarter")
    for number in range(12):
        start = after("2025-01-10", number)
        quarter = [Line(30000, "si2", "quarter", end=after(start, 3))] * (number in (0, 3))
        rows.invoice(f"in{number:02}", start, after(start, 1), Line(10000), *quarter)


@case("backdated_tiers_at_once", "starts", "Stripe backdate_start_date", "888.00", None)
def _(rows: Rows) -> None:
    """Ten weeks before 10 March on one line for each tier: no month of a price without tiers."""
    rows.subscription(created="2025-03-10", start_date="2025-01-01")
    rows.price(amount=None, tiers_mode="graduated")
    rows.item(quantity=8, created="2025-03-10")
    back = tiers(11500, 5520, quantities=(5, 3))
    for line in back:
        line.start, line.end = "2025-01-01", "2025-03-10"
    months = tiers(5000, 2400, quantities=(5, 3))
    rows.invoice("first", "2025-03-10", "2025-04-10", *months, *back)
    rows.invoices("2025-04-10", 9, *months)


@case("options_of_price_and_coupon", "currency", "polar #13943", "1166.40")
def _(rows: Rows) -> None:
    """EUR 90.00 less EUR 9.00 a month: 972 a year, at 1.2."""
    subscribed(rows, currency_options='{"eur": {"unit_amount": 9000}}')
    rows.coupon(
        "ten", amount_off=1000, currency="usd", currency_options={"eur": {"amount_off": 900}}
    )
    rows.discount("ten")
    rows.invoices("2025-01-10", 12, Line(9000), currency="eur", off=900)


@case("tiers_discounted_with_tax_inside", "tax", "gitpod fixture", "799.20", {"agrees", "tax"})
def _(rows: Rows) -> None:
    """88.80 with a fifth of tax on top of 74.00 inside, less a tenth: 66.60 a month."""
    subscribed(rows, amount=None, quantity=8, tiers_mode="graduated", tax_behavior="inclusive")
    rows.tier(up_to=5, unit_amount=1200)
    rows.tier(unit_amount=960)
    rows.coupon("tenth", percent_off=10)
    rows.discount("tenth")
    lines = tiers(6000, 2880, quantities=(5, 3))
    for line, amount in zip(lines, ("1000", "800"), strict=True):
        line.columns["unit_amount_excluding_tax"] = amount
    rows.invoices("2025-01-10", 12, *lines, off=888, tax=1332, tax_inside=True)


# ---- neighbours of the reports ----


@case("tiers_beside_a_zero", "tiers", "Stripe price object", "888.00", set())
def _(rows: Rows) -> None:
    """The loader writes 0 for the amount that a price with tiers leaves empty."""
    subscribed(rows, amount=0, quantity=8, tiers_mode="graduated")
    rows.tier(up_to=5, unit_amount=1000)
    rows.tier(unit_amount=800)


@case("tiers_beside_a_zero_invoiced", "tiers", "Stripe price object", "888.00")
def _(rows: Rows) -> None:
    """The same with invoices and without the table of tiers."""
    subscribed(rows, amount=0, quantity=8, tiers_mode="graduated")
    rows.invoices("2025-01-10", 12, *tiers(5000, 2400, quantities=(5, 3)))


@case("tiers_in_yen", "tiers", "Stripe price tiers", "621.60")
def _(rows: Rows) -> None:
    """Five at 1,000 yen and three at 800 are 7,400 a month, 88,800 a year, at 0.007."""
    subscribed(rows, amount=None, quantity=8, currency="jpy", tiers_mode="graduated")
    rows.tier(up_to=5, unit_amount=1000)
    rows.tier(unit_amount=800)
    rows.invoices("2025-01-10", 12, *tiers(5000, 2400, quantities=(5, 3)), currency="jpy")


@case("tiers_fee_and_corrections_on_one_invoice", "tiers", "Stripe prorations",
      {"c1": [("2025-01", "2025-05", "1128.00"), ("2025-06", "2025-12", "1512.00")]},
      None)  # fmt: skip
def _(rows: Rows) -> None:
    """Eight seats with a fee of 20.00 are 94.00; twelve since 20 June, credited tier by tier."""
    subscribed(rows, amount=None, quantity=12, tiers_mode="graduated")
    rows.invoices("2025-01-10", 6, *tiers(5000, 2000, 2400, quantities=(5, 0, 3)))
    credit = tiers(-3333, -1333, -1600, quantities=(5, 0, 3), **CORRECTION)
    charge = tiers(3333, 1333, 3733, quantities=(5, 0, 7), **CORRECTION)
    for line in (*credit, *charge):
        line.start, line.end = "2025-06-20", "2025-07-10"
    twelve = tiers(5000, 2000, 5600, quantities=(5, 0, 7))
    rows.invoice("in07", "2025-07-10", "2025-08-10", *twelve, *credit, *charge)
    rows.invoices("2025-08-10", 5, *twelve, name="later")


@case("seat_added_in_pounds_without_options", "currency", "rallly #2575",
      {"c1": [("2025-01", "2025-02", "208.00"), ("2025-03", "2025-12", "312.00")]},
      None)  # fmt: skip
def _(rows: Rows) -> None:
    """Two seats for 160.00 pounds a year, a third since 20 March: 80.00 each, at 1.3."""
    subscribed(rows, amount=10000, interval="year", quantity=3)
    rows.invoice("year", "2025-01-10", "2026-01-10", Line(16000, quantity=2), currency="gbp")
    seat = seats_changed((2, 12975), (3, 19463), "2025-03-20", "2026-01-10")
    rows.invoice("seat", "2025-03-20", "2026-01-10", *seat, currency="gbp")


@case("no_tax_inside_since_june", "tax", "Stripe reverse charge",
      {"c1": [("2025-01", "2025-05", "1200.00"), ("2025-06", "2025-12", "1428.00")]},
      {"agrees", "tax"})  # fmt: skip
def _(rows: Rows) -> None:
    """119.00 with 19.00 of tax inside; since the customer pays the tax itself all of it is ours."""
    subscribed(rows, amount=11900, tax_behavior="inclusive")
    line = Line(11900, columns={"amount_excluding_tax": "10000"})
    rows.invoices("2025-01-10", 5, line, tax=1900, tax_inside=True)
    line = Line(11900, columns={"amount_excluding_tax": "11900"})
    rows.invoices("2025-06-10", 7, line, tax=0, tax_inside=True, name="then")


@case("less_tax_inside_since_june", "tax", "Stripe tax rates",
      {"c1": [("2025-01", "2025-05", "1200.00"), ("2025-06", "2025-12", "1231.08")]},
      {"agrees", "tax"})  # fmt: skip
def _(rows: Rows) -> None:
    """19 per cent inside 119.00, then 16: 102.59 are ours."""
    subscribed(rows, amount=11900, tax_behavior="inclusive")
    rows.invoices("2025-01-10", 5, Line(11900), tax=1900, tax_inside=True)
    rows.invoices("2025-06-10", 7, Line(11900), tax=1641, tax_inside=True, name="then")


@case("two_rates_inside_until_june", "tax", "Stripe tax rates",
      {"c1": [("2025-01", "2025-06", "2400.00"), ("2025-07", "2025-12", "1200.00")]},
      {"agrees", "tax"})  # fmt: skip
def _(rows: Rows) -> None:
    """19 and 7 per cent inside two items; one leaves, and the tax of the other is known."""
    rows.subscription()
    rows.price("pA", amount=11900, product="prA", tax_behavior="inclusive")
    rows.price("pB", amount=10700, product="prB", tax_behavior="inclusive")
    rows.item(price="pA")
    both = Line(11900, price="pA"), Line(10700, "si2", "pB")
    rows.invoices("2025-01-10", 6, *both, tax=2600, tax_inside=True)
    alone = Line(11900, price="pA")
    rows.invoices("2025-07-10", 6, alone, tax=1900, tax_inside=True, name="then")


@case("tax_inside_known_by_totals_alone", "tax", "Stripe API 2025-03-31", "1200.00",
      {"agrees", "tax"})  # fmt: skip
def _(rows: Rows) -> None:
    """Newer versions state no tax: the total of 119.00 is 100.00 without it."""
    subscribed(rows, amount=11900, tax_behavior="inclusive")
    rows.invoices("2025-01-10", 12, Line(11900), total_excluding_tax=10000)


@case("tax_inside_by_rate_known_by_totals_alone", "tax", "Stripe API 2025-03-31", "960.00",
      {"agrees", "tax"})  # fmt: skip
def _(rows: Rows) -> None:
    """A rate that is inside a price which says nothing of tax; a fifth off 100.00 without it."""
    subscribed(rows, amount=11900)
    rows.coupon("fifth", percent_off=20)
    rows.discount("fifth")
    rows.invoices("2025-01-10", 12, Line(11900), off=2380, subtotal_excluding_tax=10000,
                  total_excluding_tax=8000)  # fmt: skip


@case("tax_on_top_known_by_totals_alone", "tax", "Stripe API 2025-03-31", "960.00",
      {"agrees", "tax"})  # fmt: skip
def _(rows: Rows) -> None:
    """100.00 less a fifth with 15.20 of tax on top: the coupon took off 20.00, not 4.80."""
    subscribed(rows)
    rows.coupon("fifth", percent_off=20)
    rows.discount("fifth")
    rows.invoices("2025-01-10", 12, Line(10000), off=2000, tax=1520, total_excluding_tax=8000)
    for invoice in rows.tables["stripe", "invoice"]:
        del invoice["tax"]


def _discount_of_customer(rows: Rows, end: str | None = None) -> None:
    """A tenth off the subscription, a fifth off its customer."""
    subscribed(rows)
    rows.coupon("fifth", percent_off=20)
    rows.coupon("tenth", percent_off=10)
    rows.discount("tenth", end=end, discount="di2")
    rows.add(
        *("stripe", "discount"),
        id="di1", coupon_id="fifth", customer_id="c1", start="2025-01-10 10:00:00",
    )  # fmt: skip


@case("discount_of_customer_and_subscription", "discounts", "Stripe subscription.discounts",
      "1080.00", set())  # fmt: skip
def _(rows: Rows) -> None:
    """A subscription inherits the discount of its customer only where it has none."""
    _discount_of_customer(rows)


@case("discount_of_customer_after_that_of_the_subscription", "discounts",
      "Stripe subscription.discounts",
      {"c1": [("2025-01", "2025-06", "1080.00"), ("2025-07", "2025-12", "960.00")]},
      set())  # fmt: skip
def _(rows: Rows) -> None:
    """Its own discount ends on 10 July: from then on it is the customer's."""
    _discount_of_customer(rows, end="2025-07-10")


@case("one_of_three_and_all", "discounts", "autumn #535", "5940.00")
def _(rows: Rows) -> None:
    """Half off one of three products, then a tenth off what is left of all: 495.00 a month."""
    rows.subscription()
    lines = []
    for number, product in enumerate("ABC", start=1):
        rows.price(f"p{product}", amount=10000 * number, product=f"pr{product}")
        rows.item(f"si{number}", price=f"p{product}")
        lines.append(Line(10000 * number, f"si{number}", f"p{product}"))
    rows.coupon("half", percent_off=50, applies_to_products="prA")
    rows.coupon("tenth", percent_off=10)
    rows.discount("half", discount="di1")
    rows.discount("tenth", discount="di2")
    rows.invoices("2025-01-10", 12, *lines, off=10500)


@case("seats_twice_at_one_instant", "seats", "Stripe proration_date",
      {"c1": [("2025-01", "2025-04", "120.00"), ("2025-05", "2025-12", "360.00")]},
      None)  # fmt: skip
def _(rows: Rows) -> None:
    """One seat, then five, then three, all on 20 May and dated at one instant: three."""
    subscribed(rows, amount=1000, quantity=3)
    rows.invoices("2025-01-10", 5, Line(1000))
    changes = [
        *seats_changed((1, 677), (5, 3387), "2025-05-20", "2025-06-10"),
        *seats_changed((5, 3387), (3, 2032), "2025-05-20", "2025-06-10"),
    ]
    rows.invoice("in06", "2025-06-10", "2025-07-10", Line(3000, quantity=3), *changes)
    rows.invoices("2025-07-10", 6, Line(3000, quantity=3), name="then")


@case("months_become_a_year", "intervals", "Stripe billing_cycle_anchor=now",
      {"c1": [("2025-01", "2025-03", "1200.00"), ("2025-04", "2025-12", "1080.00")]},
      None)  # fmt: skip
def _(rows: Rows) -> None:
    """On 20 April the item goes from 100.00 a month to 1,080.00 a year."""
    rows.subscription(billing_cycle_anchor="2025-04-20")
    rows.price()
    rows.price("year", amount=108000, interval="year")
    rows.item(price="year")
    rows.invoices("2025-01-10", 4, Line(10000))
    credit = Line(-6667, start="2025-04-20", end="2025-05-10", columns=CORRECTION)
    rows.invoice("year", "2025-04-20", "2026-04-20", Line(108000, price="year"), credit)


@case("year_from_a_leap_day", "intervals", "Stripe billing_cycle_anchor",
      {"c1": [("2024-02", "2025-01", "1200.00"), ("2025-02", "2025-12", "1320.00")]})  # fmt: skip
def _(rows: Rows) -> None:
    """A year from 29 February renews dearer on 28 February: February counts the new price."""
    rows.subscription(created="2024-02-29")
    rows.price(amount=120000, interval="year")
    rows.price("p2", amount=132000, interval="year")
    rows.item(price="p2", created="2024-02-29")
    rows.invoice("first", "2024-02-29", "2025-02-28", Line(120000))
    rows.invoice("second", "2025-02-28", "2026-02-28", Line(132000, price="p2"))


def versions(rows: Rows, *of_day: tuple[str, str, dict], **columns: object) -> None:
    """A subscription in history mode: from a day on a state, and what else differs."""
    last = of_day[-1][0]
    for day, status, other in of_day:
        rows.subscription(
            status=status, _fivetran_start=f"{day} 10:00:00",
            _fivetran_active=str(day == last).lower(), **{**columns, **other},
        )  # fmt: skip
    rows.price()
    rows.item()


@case("unpaid_and_back", "states", "Stripe subscription.status",
      {"c1": [("2025-01", "2025-03", "1200.00"), ("2025-06", "2025-12", "1200.00")]},
      set())  # fmt: skip
def _(rows: Rows) -> None:
    """Past due in March still counts; unpaid from 10 April to 5 June does not."""
    versions(rows, ("2025-01-10", "active", {}), ("2025-03-20", "past_due", {}),
             ("2025-04-10", "unpaid", {}), ("2025-06-05", "active", {}))  # fmt: skip


@case("paused_after_a_trial_and_resumed", "states", "Stripe subscription.status",
      {"c1": [("2025-03", "2025-12", "1200.00")]}, set())  # fmt: skip
def _(rows: Rows) -> None:
    """The trial ended without a way to pay; resumed on 5 March."""
    versions(rows, ("2025-01-10", "trialing", {}), ("2025-01-24", "paused", {}),
             ("2025-03-05", "active", {}), trial_start="2025-01-10",
             trial_end="2025-01-24")  # fmt: skip


@case("cancellation_undone", "states", "Stripe cancel_at_period_end", "1200.00", set())
def _(rows: Rows) -> None:
    """Asked to end on 10 April, and the wish taken back before that."""
    leaving = {"cancel_at_period_end": "true", "canceled_at": "2025-03-10"}
    versions(rows, ("2025-01-10", "active", {}),
             ("2025-03-10", "active", {**leaving, "cancel_at": "2025-04-10"}),
             ("2025-03-20", "active", {}))  # fmt: skip


@case("trial_with_a_fee", "trials", "Stripe add_invoice_items",
      {"c1": [("2025-02", "2025-12", "1200.00")]}, {"agrees", "one_time"})  # fmt: skip
def _(rows: Rows) -> None:
    """500.00 for setting up on the invoice of the trial are no payment for it."""
    rows.subscription(trial_start="2025-01-10", trial_end="2025-02-10")
    rows.price()
    rows.item()
    fee = Line(50000, item=None, price=None)
    rows.invoice("trial", "2025-01-10", "2025-02-10", Line(0), fee)
    rows.invoices("2025-02-10", 11, Line(10000))


assert after("2025-01-31", 1) == "2025-02-28"

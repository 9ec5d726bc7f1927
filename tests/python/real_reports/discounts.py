"""Discounts that items changed by proration, tax inside prices and fees have or do not have."""

from __future__ import annotations

from .cases import CORRECTION, case, subscribed
from .rows import Line, Rows

KIND = "discounts"
INCLUSIVE = {"tax_behavior": "inclusive"}
REST = "2025-06-20", "2026-01-10"  # the rest of a year of which 67,069 of 120,000 are


def correction(amount: int, item: str = "si1", price: str = "p1", quantity: int = 1) -> Line:
    """A line for the rest of the year."""
    return Line(amount, item, price, quantity, *REST, CORRECTION)


def inclusive(rows: Rows, amount_off: int | None = None, **price: object) -> None:
    """One item of a price with 19 % of tax inside, and a fixed amount off each invoice."""
    subscribed(rows, **{"amount": 11900, **INCLUSIVE, **price})
    if amount_off:
        rows.coupon("fixed", amount_off=amount_off, currency="usd")
    rows.discount("fixed")


# ---- a fixed amount off a price with tax inside ----


@case("fixed_amount_with_tax_inside", KIND, "Stripe price.tax_behavior", "1080.00",
      {"agrees", "tax"})  # fmt: skip
def _(rows: Rows) -> None:
    """11.90 off 119.00: 107.10 less 17.10 of tax are 90.00 a month."""
    inclusive(rows, 1190)
    rows.invoices("2025-01-10", 12, Line(11900), off=1190, tax=1710, tax_inside=True)


@case("fixed_amount_with_tax_inside_by_unit", KIND, "Stripe price.tax_behavior", "1080.00",
      {"agrees", "tax"})  # fmt: skip
def _(rows: Rows) -> None:
    """The same where the line states its unit without tax."""
    inclusive(rows, 1190)
    line = Line(11900, columns={"unit_amount_excluding_tax": "10000"})
    rows.invoices("2025-01-10", 12, line, off=1190, tax=1710, tax_inside=True)


@case("fixed_amount_with_tax_inside_by_subtotal", KIND, "Stripe price.tax_behavior", "1080.00",
      {"agrees", "tax"})  # fmt: skip
def _(rows: Rows) -> None:
    """The same where the invoice states its totals without tax."""
    inclusive(rows, 1190)
    rows.invoices("2025-01-10", 12, Line(11900), off=1190, tax=1710, tax_inside=True,
                  subtotal_excluding_tax=10000, total_excluding_tax=9000)  # fmt: skip


@case("fixed_amount_on_a_year_with_tax_inside", KIND, "Stripe price.tax_behavior", "1090.00",
      {"agrees", "tax"})  # fmt: skip
def _(rows: Rows) -> None:
    """130.90 off 1,428.00: 1,297.10 less 207.10 of tax."""
    inclusive(rows, 13090, amount=142800, interval="year")
    rows.invoice("in1", "2025-01-10", "2026-01-10", Line(142800), off=13090, tax=20710,
                 tax_inside=True)  # fmt: skip


@case("fixed_amount_ends_with_tax_inside", KIND, "Stripe price.tax_behavior",
      {"c1": [("2025-01", "2025-03", "1080.00"), ("2025-04", "2025-12", "1200.00")]},
      {"agrees", "tax"},
      movements=[("2025-01", "new", "1080.00"), ("2025-04", "expansion", "120.00")])  # fmt: skip
def _(rows: Rows) -> None:
    """For three months."""
    subscribed(rows, amount=11900, **INCLUSIVE)
    rows.coupon("three", "repeating", amount_off=1190, currency="usd", duration_in_months=3)
    rows.discount("three", end="2025-04-10")
    line = Line(11900)
    rows.invoices("2025-01-10", 3, line, off=1190, tax=1710, tax_inside=True)
    rows.invoices("2025-04-10", 9, line, tax=1900, tax_inside=True, name="full")


@case("share_and_fixed_amount_with_tax_inside", KIND, "Stripe stacked discounts", "972.00",
      {"agrees", "tax"})  # fmt: skip
def _(rows: Rows) -> None:
    """A tenth of 119.00, then 10.71 off: 96.39 less 15.39 of tax are 81.00 a month."""
    subscribed(rows, amount=11900, **INCLUSIVE)
    rows.coupon("tenth", percent_off=10)
    rows.coupon("fixed", amount_off=1071, currency="usd")
    rows.discount("tenth", discount="di1")
    rows.discount("fixed", discount="di2")
    rows.invoices("2025-01-10", 12, Line(11900), off=2261, tax=1539, tax_inside=True)


@case("fixed_amount_over_two_items_with_tax_inside", KIND, "Stripe price.tax_behavior", "2280.00",
      {"agrees", "tax"})  # fmt: skip
def _(rows: Rows) -> None:
    """11.90 off two items of 119.00: 226.10 less 36.10 of tax are 190.00 a month."""
    inclusive(rows, 1190)
    rows.price("p2", amount=11900, product="pr2", **INCLUSIVE)
    rows.item("si2", price="p2")
    lines = Line(11900), Line(11900, "si2", "p2")
    rows.invoices("2025-01-10", 12, *lines, off=1190, tax=3610, tax_inside=True)


# ---- an item that is charged by proration ----


def addon(rows: Rows, created: str = "2025-06-20", **price: object) -> None:
    """A second item of a second product."""
    price = {"amount": 120000, "interval": "year", **price}
    rows.price(**price)
    rows.price("p2", product="pr2", **price)
    rows.subscription()
    rows.item()
    rows.item("si2", price="p2", created=created)


def for_months(rows: Rows, months: int = 3, end: str = "2025-04-10", **coupon: object) -> None:
    """A fifth off for some months."""
    rows.coupon("c", "repeating", duration_in_months=months, **(coupon or {"percent_off": 20}))
    rows.discount("c", end=end)


ADDED = {"c1": [("2025-01", "2025-05", "960.00"), ("2025-06", "2025-12", "2160.00")]}


@case("item_added_after_a_coupon", KIND, "Stripe prorations", ADDED, None,
      movements=[("2025-01", "new", "960.00"), ("2025-06", "expansion", "1200.00")])  # fmt: skip
def _(rows: Rows) -> None:
    """A fifth off the year of the first item; the second is added later and charged in full."""
    addon(rows)
    for_months(rows)
    rows.invoice("a", "2025-01-10", "2026-01-10", Line(120000), off=24000)
    rows.invoice("s", *REST, correction(67069, "si2", "p2"))


@case("item_added_after_a_coupon_without_invoices", KIND, "Stripe prorations", ADDED,
      set())  # fmt: skip
def _(rows: Rows) -> None:
    """The same by the dates alone."""
    addon(rows)
    for_months(rows)


@case("item_added_to_quarters_after_a_coupon", KIND, "Stripe prorations",
      {"c1": [("2025-01", "2025-02", "960.00"), ("2025-03", "2025-03", "2160.00"),
              ("2025-04", "2025-12", "2400.00")]}, None)  # fmt: skip
def _(rows: Rows) -> None:
    """A fifth off the first quarter; the item of 20 March is charged in full."""
    addon(rows, "2025-03-20", amount=30000, interval="month", count=3)
    for_months(rows, 1, "2025-02-10")
    rows.invoice("q1", "2025-01-10", "2025-04-10", Line(30000), off=6000)
    rest = Line(7000, "si2", "p2", 1, "2025-03-20", "2025-04-10", CORRECTION)
    rows.invoice("s", "2025-03-20", "2025-04-10", rest)
    both = Line(30000), Line(30000, "si2", "p2")
    rows.invoices("2025-04-10", 3, *both, months=3, name="q")


@case("item_added_with_a_fixed_amount_over", KIND, "Stripe prorations",
      {"c1": [("2025-01", "2025-05", "1100.00"), ("2025-06", "2025-12", "2300.00")]},
      None)  # fmt: skip
def _(rows: Rows) -> None:
    """100.00 off the year of the first item, nothing off the second."""
    addon(rows)
    for_months(rows, amount_off=10000, currency="usd")
    rows.invoice("a", "2025-01-10", "2026-01-10", Line(120000), off=10000)
    rows.invoice("s", *REST, correction(67069, "si2", "p2"))


@case("item_added_with_a_fixed_amount_on_each_invoice", KIND, "Stripe prorations",
      {"c1": [("2025-01", "2025-05", "1100.00"), ("2025-06", "2025-12", "2200.00")]},
      None)  # fmt: skip
def _(rows: Rows) -> None:
    """100.00 off the year of the first item, and 100.00 off the invoice of the second."""
    addon(rows)
    rows.coupon("c", amount_off=10000, currency="usd")
    rows.discount("c")
    rows.invoice("a", "2025-01-10", "2026-01-10", Line(120000), off=10000)
    rows.invoice("s", *REST, correction(67069, "si2", "p2"), off=10000)


@case("items_of_a_month_share_a_fixed_amount", KIND, "Stripe prorations",
      {"c1": [("2025-01", "2025-05", "1080.00"), ("2025-06", "2025-12", "2280.00")]},
      None)  # fmt: skip
def _(rows: Rows) -> None:
    """10.00 off each monthly invoice; that of July charges for the rest of June too."""
    addon(rows, amount=10000, interval="month")
    rows.coupon("ten", amount_off=1000, currency="usd")
    rows.discount("ten")
    rows.invoices("2025-01-10", 6, Line(10000), off=1000)
    both = Line(10000), Line(10000, "si2", "p2")
    rest = Line(6667, "si2", "p2", 1, "2025-06-20", "2025-07-10", CORRECTION)
    rows.invoice("july", "2025-07-10", "2025-08-10", *both, rest, off=1000)
    rows.invoices("2025-08-10", 5, *both, off=1000, name="then")


UPGRADED = {"c1": [("2025-01", "2025-05", "960.00"), ("2025-06", "2025-12", "2400.00")]}


def upgrade(rows: Rows, off: int = 0) -> None:
    """On 20 June from 1,200.00 to 2,400.00 a year; the credit is what was paid."""
    subscribed(rows, amount=120000, interval="year")
    rows.price("p2", amount=240000, interval="year")
    rows.tables["stripe", "subscription_item"][0]["plan_id"] = "p2"
    rows.invoice("a", "2025-01-10", "2026-01-10", Line(120000), off=24000)
    rows.invoice("s", *REST, correction(-53655), correction(134135, price="p2"), off=off)


@case("upgrade_after_a_coupon", KIND, "Stripe prorations", UPGRADED, None,
      movements=[("2025-01", "new", "960.00"), ("2025-06", "expansion", "1440.00")])  # fmt: skip
def _(rows: Rows) -> None:
    """The coupon is over when the dearer price is charged: in full."""
    for_months(rows)
    upgrade(rows)


@case("seat_after_a_coupon", KIND, "Stripe prorations", UPGRADED, None)  # fmt: skip
def _(rows: Rows) -> None:
    """The same for a second seat."""
    subscribed(rows, 2, amount=120000, interval="year")
    for_months(rows)
    rows.invoice("a", "2025-01-10", "2026-01-10", Line(120000), off=24000)
    rows.invoice("s", *REST, correction(-53655), correction(134137, quantity=2))


FIFTH = {"c1": [("2025-01", "2025-05", "960.00"), ("2025-06", "2025-12", "1920.00")]}


@case("upgrade_with_a_coupon", KIND, "Stripe prorations", FIFTH, None)  # fmt: skip
def _(rows: Rows) -> None:
    """A fifth off for ever: off the charge, not off the credit, which had it before."""
    rows.coupon("fifth", percent_off=20)
    rows.discount("fifth")
    upgrade(rows, off=26827)


@case("upgrade_with_a_coupon_made_anew", KIND, "autumn #2260", FIFTH, None)  # fmt: skip
def _(rows: Rows) -> None:
    """Half off by the coupon of today, a fifth off both invoices."""
    rows.coupon("SAVE", percent_off=50)
    rows.discount("SAVE")
    upgrade(rows, off=26827)


@case("upgrade_with_a_coupon_deleted", KIND, "stripe-cohort #2", FIFTH, None,
      {("discount_without_coupon", "di1")})  # fmt: skip
def _(rows: Rows) -> None:
    """The coupon is gone; both invoices took a fifth off what they charge."""
    rows.discount("gone")
    upgrade(rows, off=26827)


@case("upgrade_with_the_next_coupon", KIND, "Stripe prorations",
      {"c1": [("2025-01", "2025-05", "960.00"), ("2025-06", "2025-12", "2160.00")]},
      None)  # fmt: skip
def _(rows: Rows) -> None:
    """A fifth for three months, then a tenth: the dearer price has the tenth."""
    for_months(rows)
    rows.coupon("tenth", percent_off=10)
    rows.discount("tenth", start="2025-04-10", discount="di2")
    upgrade(rows, off=13414)


@case("downgrade_after_a_coupon", KIND, "Stripe prorations",
      {"c1": [("2025-01", "2025-05", "1920.00"), ("2025-06", "2025-12", "1200.00")]},
      None)  # fmt: skip
def _(rows: Rows) -> None:
    """One seat of two leaves: a credit of what two cost, and one seat in full."""
    subscribed(rows, 1, amount=120000, interval="year")
    for_months(rows)
    rows.invoice("a", "2025-01-10", "2026-01-10", Line(240000, quantity=2), off=48000)
    rows.invoice("s", *REST, correction(-107310, quantity=2), correction(67069))


@case("item_added_with_its_coupon", KIND, "Stripe prorations",
      {"c1": [("2025-01", "2025-05", "1200.00"), ("2025-06", "2025-12", "2160.00")]}, None,
      movements=[("2025-01", "new", "1200.00"), ("2025-06", "expansion", "960.00")])  # fmt: skip
def _(rows: Rows) -> None:
    """A fifth off, given with the second item: off its invoice, and off the first at renewal."""
    addon(rows)
    rows.coupon("fifth", percent_off=20)
    rows.discount("fifth", start="2025-06-20")
    rows.invoice("a", "2025-01-10", "2026-01-10", Line(120000))
    rows.invoice("s", *REST, correction(67069, "si2", "p2"), off=13414)


@case("item_added_with_its_coupon_without_invoices", KIND, "Stripe prorations",
      {"c1": [("2025-01", "2025-05", "1200.00"), ("2025-06", "2025-12", "2160.00")]},
      set())  # fmt: skip
def _(rows: Rows) -> None:
    """The same by the dates alone."""
    addon(rows)
    rows.coupon("fifth", percent_off=20)
    rows.discount("fifth", start="2025-06-20")


@case("item_added_with_a_coupon_of_its_own", KIND, "Stripe subscription_item.discounts",
      {"c1": [("2025-01", "2025-05", "1200.00"), ("2025-06", "2025-12", "1800.00")]},
      None)  # fmt: skip
def _(rows: Rows) -> None:
    """Half off the second item alone."""
    addon(rows)
    rows.coupon("half", percent_off=50)
    rows.discount("half", start="2025-06-20", subscription_item_id="si2")
    rows.invoice("a", "2025-01-10", "2026-01-10", Line(120000))
    rows.invoice("s", *REST, correction(67069, "si2", "p2"), off=33535)


@case("item_added_after_a_coupon_of_its_customer", KIND, "Stripe customer.discount", ADDED,
      None)  # fmt: skip
def _(rows: Rows) -> None:
    """The coupon is on the customer, for three months."""
    addon(rows)
    rows.coupon("c", "repeating", percent_off=20, duration_in_months=3)
    rows.add(
        *("stripe", "discount"),
        id="di1", coupon_id="c", customer_id="c1",
        start="2025-01-10 10:00:00", end="2025-04-10 10:00:00",
    )  # fmt: skip
    rows.invoice("a", "2025-01-10", "2026-01-10", Line(120000), off=24000)
    rows.invoice("s", *REST, correction(67069, "si2", "p2"))


@case("item_added_with_the_coupon_of_its_customer", KIND, "Stripe customer.discount",
      {"c1": [("2025-01", "2025-05", "960.00"), ("2025-06", "2025-12", "2040.00")]},
      None)  # fmt: skip
def _(rows: Rows) -> None:
    """That of the subscription is over, so the second item inherits a tenth of its customer."""
    addon(rows)
    for_months(rows)
    rows.coupon("tenth", percent_off=10)
    rows.add(
        *("stripe", "discount"),
        id="di2", coupon_id="tenth", customer_id="c1", start="2025-01-10 10:00:00",
    )  # fmt: skip
    rows.invoice("a", "2025-01-10", "2026-01-10", Line(120000), off=24000)
    rows.invoice("s", *REST, correction(67070, "si2", "p2"), off=6707)


@case("item_added_after_both_halves_of_a_stack", KIND, "Stripe stacked discounts",
      {"c1": [("2025-01", "2025-05", "864.00"), ("2025-06", "2025-12", "1944.00")]},
      None)  # fmt: skip
def _(rows: Rows) -> None:
    """A fifth for three months, then a tenth of what is left: the second item has the tenth."""
    addon(rows)
    for_months(rows)
    rows.coupon("tenth", percent_off=10)
    rows.discount("tenth", discount="di2")
    rows.invoice("a", "2025-01-10", "2026-01-10", Line(120000), off=33600)
    rows.invoice("s", *REST, correction(67070, "si2", "p2"), off=6707)


@case("item_added_to_a_coupon_of_one_product", KIND, "mozilla/fxa #11427", ADDED,
      None)  # fmt: skip
def _(rows: Rows) -> None:
    """A fifth off the first product, which the coupon row does not say: nothing off the second."""
    addon(rows)
    rows.coupon("fifth", percent_off=20)
    rows.discount("fifth")
    rows.invoice("a", "2025-01-10", "2026-01-10", Line(120000), off=24000)
    rows.invoice("s", *REST, correction(67069, "si2", "p2"))


@case("item_added_and_renewed_without_the_coupon", KIND, "Stripe prorations",
      {"c1": [("2024-01", "2024-05", "960.00"), ("2024-06", "2024-12", "2160.00"),
              ("2025-01", "2025-12", "2400.00")]}, None)  # fmt: skip
def _(rows: Rows) -> None:
    """The second item is charged for the rest of its first year by the invoice of the next one."""
    rows.subscription(created="2024-01-10")
    for price, product in ("p1", "pr1"), ("p2", "pr2"):
        rows.price(price, amount=120000, interval="year", product=product)
    rows.item(created="2024-01-10")
    rows.item("si2", price="p2", created="2024-06-20")
    rows.coupon("c", "repeating", percent_off=20, duration_in_months=3)
    rows.discount("c", start="2024-01-10", end="2024-04-10")
    rows.invoice("a", "2024-01-10", "2025-01-10", Line(120000), off=24000)
    rest = Line(66885, "si2", "p2", 1, "2024-06-20", "2025-01-10", CORRECTION)
    both = Line(120000), Line(120000, "si2", "p2")
    rows.invoice("b", "2025-01-10", "2026-01-10", *both, rest)


@case("seat_of_the_last_discounted_month", KIND, "Stripe prorations",
      {"c1": [("2025-01", "2025-02", "960.00"), ("2025-03", "2025-12", "2400.00")]},
      {"agrees", "part_period"})  # fmt: skip
def _(rows: Rows) -> None:
    """A seat of 20 March is charged in April, without the coupon: 43.35 of credit, 135.48."""
    subscribed(rows, 2)
    for_months(rows)
    rows.invoices("2025-01-10", 3, Line(10000), off=2000)
    rest = "2025-03-20", "2025-04-10"
    credit = Line(-4335, "si1", "p1", 1, *rest, CORRECTION)
    charge = Line(13548, "si1", "p1", 2, *rest, CORRECTION)
    rows.invoice("april", "2025-04-10", "2025-05-10", Line(20000, quantity=2), credit, charge)
    rows.invoices("2025-05-10", 8, Line(20000, quantity=2), name="then")


@case("last_seat_of_a_month_with_a_coupon", KIND, "Stripe prorations",
      {"c1": [("2025-01", "2025-10", "960.00"), ("2025-11", "2025-12", "1920.00")]},
      {"agrees", "part_period"})  # fmt: skip
def _(rows: Rows) -> None:
    """A seat of 20 November: 53.33 of credit, a fifth off 133.33 and off 200.00 in December."""
    subscribed(rows, 2)
    rows.coupon("fifth", percent_off=20)
    rows.discount("fifth")
    rows.invoices("2025-01-10", 11, Line(10000), off=2000)
    rest = "2025-11-20", "2025-12-10"
    credit = Line(-5333, "si1", "p1", 1, *rest, CORRECTION)
    charge = Line(13333, "si1", "p1", 2, *rest, CORRECTION)
    lines = Line(20000, quantity=2), credit, charge
    rows.invoice("last", "2025-12-10", "2026-01-10", *lines, off=6667)


# ---- discounts of the table `discount` alone ----


def discount_row(rows: Rows, subscription: str | None = "s1", **columns: str) -> None:
    """A row of the table `discount`."""
    columns = {"start": "2025-01-10 10:00:00", **columns}
    rows.add(
        *("stripe", "discount"),
        id="di1", coupon_id="fifth", customer_id="c1", subscription_id=subscription, **columns,
    )  # fmt: skip


@case("discount_of_a_subscription_in_the_table_of_discounts", KIND, "Stripe discount object",
      "960.00", set())  # fmt: skip
def _(rows: Rows) -> None:
    """A fifth off; no table of discounts of subscriptions is landed."""
    subscribed(rows)
    rows.coupon("fifth", percent_off=20)
    discount_row(rows)


@case("discount_of_one_of_two_subscriptions", KIND, "Stripe discount object", "2160.00", set())
def _(rows: Rows) -> None:
    """It is not on the other subscription of the customer."""
    subscribed(rows)
    rows.subscription("s2")
    rows.item("si2", "s2")
    rows.coupon("fifth", percent_off=20)
    discount_row(rows)


@case("discount_in_both_tables", KIND, "Stripe discount object", "960.00", set())
def _(rows: Rows) -> None:
    """It counts once."""
    subscribed(rows)
    rows.coupon("fifth", percent_off=20)
    rows.discount("fifth")
    discount_row(rows)


@case("discount_of_an_item_in_both_tables", KIND, "Stripe discount object", "2160.00", set())
def _(rows: Rows) -> None:
    """A fifth off the first of two items, whose row in the other table names no item."""
    addon(rows, "2025-01-10")
    rows.coupon("fifth", percent_off=20)
    rows.discount("fifth", subscription_item_id="si1")
    discount_row(rows)


@case("discount_for_once_in_the_table_of_discounts", KIND, "Stripe discount object", "1200.00",
      {"agrees", "discount"})  # fmt: skip
def _(rows: Rows) -> None:
    """A fifth off the first invoice alone."""
    subscribed(rows)
    rows.coupon("fifth", "once", percent_off=20)
    discount_row(rows)
    rows.invoices("2025-01-10", 12, Line(10000), off=[2000] + [0] * 11)


# ---- fees ----

FEE = Line(50000, item=None, price=None)


@case("coupon_off_a_plan_and_a_fee", KIND, "Stripe add_invoice_items", "960.00",
      {"agrees", "one_time"})  # fmt: skip
def _(rows: Rows) -> None:
    """A fifth off 100.00 and off a fee of 500.00, then off 100.00."""
    subscribed(rows)
    rows.coupon("fifth", percent_off=20)
    rows.discount("fifth")
    rows.invoice("a", "2025-01-10", "2025-02-10", Line(10000), FEE, off=12000)
    rows.invoices("2025-02-10", 11, Line(10000), off=2000)


@case("coupon_off_a_plan_beside_a_fee", KIND, "Stripe add_invoice_items", "960.00",
      {"agrees", "one_time"})  # fmt: skip
def _(rows: Rows) -> None:
    """A fifth off 100.00; the fee of 500.00 is charged in full."""
    subscribed(rows)
    rows.coupon("fifth", percent_off=20)
    rows.discount("fifth")
    rows.invoice("a", "2025-01-10", "2025-02-10", Line(10000), FEE, off=2000)
    rows.invoices("2025-02-10", 11, Line(10000), off=2000)


@case("coupon_off_a_year_and_a_fee", KIND, "Stripe add_invoice_items", "960.00",
      {"agrees", "one_time"})  # fmt: skip
def _(rows: Rows) -> None:
    """A fifth off the one invoice of 1,200.00 and a fee of 500.00."""
    subscribed(rows, amount=120000, interval="year")
    rows.coupon("fifth", percent_off=20)
    rows.discount("fifth")
    rows.invoice("a", "2025-01-10", "2026-01-10", Line(120000), FEE, off=34000)


@case("fixed_amount_off_a_plan_beside_a_fee", KIND, "Stripe add_invoice_items", "1080.00",
      {"agrees", "one_time"})  # fmt: skip
def _(rows: Rows) -> None:
    """10.00 off each invoice, the first with a fee: off the plan, as all others show."""
    subscribed(rows)
    rows.coupon("ten", amount_off=1000, currency="usd")
    rows.discount("ten")
    rows.invoice("a", "2025-01-10", "2025-02-10", Line(10000), FEE, off=1000)
    rows.invoices("2025-02-10", 11, Line(10000), off=1000)


@case("coupon_deleted_off_a_plan_and_a_fee", KIND, "stripe-cohort #2", "960.00",
      {"agrees", "one_time"}, {("discount_without_coupon", "di1")})  # fmt: skip
def _(rows: Rows) -> None:
    """The coupon is gone: a fifth off plan and fee, and a fifth off the plan after that."""
    subscribed(rows)
    rows.discount("gone")
    rows.invoice("a", "2025-01-10", "2025-02-10", Line(10000), FEE, off=12000)
    rows.invoices("2025-02-10", 11, Line(10000), off=2000)


# ---- coupons that say nothing of what they take off ----


@case("coupon_without_an_amount", KIND, "Stripe coupon object", "1200.00", set(),
      {("discount_without_coupon", "di1")})  # fmt: skip
def _(rows: Rows) -> None:
    """Neither a percentage nor an amount."""
    subscribed(rows)
    rows.coupon("empty")
    rows.discount("empty")


@case("coupon_in_another_currency", KIND, "Stripe coupon.currency_options", "1200.00", set(),
      {("discount_without_coupon", "di1")})  # fmt: skip
def _(rows: Rows) -> None:
    """10.00 euros off dollars, without an option in dollars."""
    subscribed(rows)
    rows.coupon("euros", amount_off=1000, currency="eur")
    rows.discount("euros")


@case("coupon_in_another_currency_with_invoices", KIND, "Stripe coupon.currency_options",
      "1080.00", findings={("discount_without_coupon", "di1")})  # fmt: skip
def _(rows: Rows) -> None:
    """The same, and every invoice took 10.00 dollars off."""
    subscribed(rows)
    rows.coupon("euros", amount_off=1000, currency="eur")
    rows.discount("euros")
    rows.invoices("2025-01-10", 12, Line(10000), off=1000)

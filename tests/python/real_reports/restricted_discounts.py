"""Coupons restricted to products or items that carry no ARR, or none any more."""

from __future__ import annotations

from .cases import case, subscribed
from .rows import Line, Rows, after

KIND = "discounts"
COUPON = "Stripe coupon.applies_to"
USAGE = Line(5000, "si2", "m1", 2500)


def beside_a_meter(rows: Rows, interval: str = "month", seats: int = 10000) -> None:
    """Seats and a meter whose usage costs 50.00 a month."""
    rows.subscription()
    rows.price(amount=seats, interval=interval)
    rows.item()
    rows.price("m1", amount=2, usage="metered", product="meter")
    rows.item("si2", price="m1", quantity=None)


def off(rows: Rows, coupon: str = "half", products: str = "meter", **columns: object) -> None:
    """A coupon of some products on the subscription."""
    rows.coupon(coupon, applies_to_products=products, **(columns or {"percent_off": 50}))
    rows.discount(coupon, discount=f"di_{coupon}")


@case("coupon_of_a_meter", KIND, COUPON, "1200.00", {"agrees", "usage"})
def _(rows: Rows) -> None:
    """Half off 50.00 of usage, equal each month: the seats cost 100.00 as before."""
    beside_a_meter(rows)
    off(rows)
    rows.invoices("2025-01-10", 12, Line(10000), USAGE, off=2500)


@case("coupon_of_a_meter_without_invoices", KIND, COUPON, "1200.00", set())
def _(rows: Rows) -> None:
    """The same by the rows alone."""
    beside_a_meter(rows)
    off(rows)


@case("coupon_of_a_meter_whose_usage_grows", KIND, COUPON, "1200.00", {"agrees", "usage"})
def _(rows: Rows) -> None:
    """From 50.00 to 72.00 of usage: what is off is off the usage, and nothing is unexplained."""
    beside_a_meter(rows)
    off(rows)
    for month in range(12):
        usage = Line(5000 + 200 * month, "si2", "m1", 2500 + 100 * month)
        start, end = after("2025-01-10", month), after("2025-01-10", month + 1)
        rows.invoice(f"in{month}", start, end, Line(10000), usage, off=2500 + 100 * month)


@case("coupon_of_a_meter_billed_afterwards", KIND, COUPON, "1200.00", {"agrees", "usage"})
def _(rows: Rows) -> None:
    """The usage of a month stands on the invoice of the next."""
    beside_a_meter(rows)
    off(rows)
    rows.invoice("in0", "2025-01-10", "2025-02-10", Line(10000))
    for month in range(1, 12):
        start, end = after("2025-01-10", month), after("2025-01-10", month + 1)
        usage = Line(5000, "si2", "m1", 2500, after("2025-01-10", month - 1), start)
        rows.invoice(f"in{month}", start, end, Line(10000), usage, off=2500)


@case("coupon_of_a_meter_on_invoices_of_its_own", KIND, COUPON, "1200.00", {"agrees", "usage"})
def _(rows: Rows) -> None:
    """Seats by the year, usage by the month."""
    beside_a_meter(rows, "year", 120000)
    off(rows)
    rows.invoice("year", "2025-01-10", "2026-01-10", Line(120000))
    rows.invoices("2025-02-10", 11, USAGE, off=2500)


@case("coupon_off_usage_alone", KIND, "Stripe coupon object", "1080.00", {"agrees", "usage"})
def _(rows: Rows) -> None:
    """A tenth off all: of invoices of usage alone it is off the usage."""
    beside_a_meter(rows, "year", 120000)
    rows.coupon("tenth", percent_off=10)
    rows.discount("tenth")
    rows.invoice("year", "2025-01-10", "2026-01-10", Line(120000), off=12000)
    rows.invoices("2025-02-10", 11, USAGE, off=500)


@case("fixed_amount_of_a_meter", KIND, COUPON, "1200.00", {"agrees", "usage"})
def _(rows: Rows) -> None:
    """25.00 off the usage."""
    beside_a_meter(rows)
    off(rows, amount_off=2500, currency="usd")
    rows.invoices("2025-01-10", 12, Line(10000), USAGE, off=2500)


@case("coupon_on_the_item_of_a_meter", KIND, "Stripe subscription_item.discounts", "1200.00",
      {"agrees", "usage"})  # fmt: skip
def _(rows: Rows) -> None:
    """Half off, given to the metered item."""
    beside_a_meter(rows)
    rows.coupon("half", percent_off=50)
    rows.discount("half", subscription_item_id="si2")
    rows.invoices("2025-01-10", 12, Line(10000), USAGE, off=2500)


@case("coupon_deleted_of_the_item_of_a_meter", KIND, "stripe-cohort #2", "1200.00",
      {"agrees", "usage"}, {("discount_without_coupon", "di1")})  # fmt: skip
def _(rows: Rows) -> None:
    """The same where the coupon was deleted: what is off is off that item."""
    beside_a_meter(rows)
    rows.discount("gone", subscription_item_id="si2")
    rows.invoices("2025-01-10", 12, Line(10000), USAGE, off=2500)


@case("coupons_of_seats_and_of_a_meter", KIND, "Stripe stacked discounts", "960.00",
      {"agrees", "usage"})  # fmt: skip
def _(rows: Rows) -> None:
    """A fifth off the seats, half off the usage."""
    beside_a_meter(rows)
    off(rows, "fifth", "pr1", percent_off=20)
    off(rows)
    rows.invoices("2025-01-10", 12, Line(10000), USAGE, off=4500)


@case("coupon_of_a_meter_and_one_of_all", KIND, "Stripe stacked discounts", "960.00",
      None)  # fmt: skip
def _(rows: Rows) -> None:
    """A fifth off all, and half of what is left of the usage: 20.00 and 30.00."""
    beside_a_meter(rows)
    rows.coupon("fifth", percent_off=20)
    rows.discount("fifth")
    off(rows)
    rows.invoices("2025-01-10", 12, Line(10000), USAGE, off=5000)


@case("coupon_of_a_meter_with_a_minimum", KIND, COUPON, "1800.00", {"agrees", "usage"})
def _(rows: Rows) -> None:
    """Half off a minimum of 100.00, which is ARR, and off 50.00 of usage, which is none."""
    rows.subscription()
    rows.price()
    rows.item()
    rows.price("m1", amount=None, usage="metered", tiers_mode="graduated", product="meter")
    rows.tier("m1", up_to=1000, unit_amount=0, flat_amount=10000)
    rows.tier("m1", unit_amount=2)
    rows.item("si2", price="m1", quantity=None)
    off(rows)
    rows.invoices("2025-01-10", 12, Line(10000), Line(10000, "si2", "m1", 0), USAGE, off=7500)


@case("coupon_of_services", KIND, COUPON, "1200.00", {"agrees", "one_time"})
def _(rows: Rows) -> None:
    """Half off 50.00 of services each month."""
    subscribed(rows)
    service = {"id": "ps", "product_id": "services", "type": "one_time", "unit_amount": 5000}
    rows.add("stripe", "price", currency="usd", **service)
    off(rows, products="services")
    services = Line(5000, None, "ps", columns={"type": "invoiceitem"})
    rows.invoices("2025-01-10", 12, Line(10000), services, off=2500)


@case("coupon_of_a_free_product", KIND, COUPON, "1200.00")
def _(rows: Rows) -> None:
    """Half off a price of nothing."""
    subscribed(rows)
    rows.price("p0", amount=0, product="free")
    rows.item("si0", price="p0")
    off(rows, products="free")
    rows.invoices("2025-01-10", 12, Line(10000), Line(0, "si0", "p0"))


@case("coupon_of_a_product_held_no_more", KIND, COUPON,
      {"c1": [("2025-01", "2025-05", "1800.00"), ("2025-06", "2025-12", "1200.00")]})  # fmt: skip
def _(rows: Rows) -> None:
    """Half off the second product, which invoices have until June."""
    subscribed(rows)
    rows.price("p2", product="pr2")
    off(rows, products="pr2")
    rows.invoices("2025-01-10", 5, Line(10000), Line(10000, "si2", "p2"), off=5000)
    rows.invoices("2025-06-10", 7, Line(10000), name="then")


@case("coupon_of_one_product_after_a_trial", KIND, COUPON,
      {"c1": [("2025-02", "2025-12", "1800.00")]})  # fmt: skip
def _(rows: Rows) -> None:
    """Half off the second product, in trial until 10 February."""
    rows.subscription(trial_start="2025-01-10", trial_end="2025-02-10")
    rows.price()
    rows.item()
    rows.price("p2", product="pr2")
    rows.item("si2", price="p2")
    off(rows, products="pr2")
    rows.invoice("trial", "2025-01-10", "2025-02-10", Line(0), Line(0, "si2", "p2"))
    rows.invoices("2025-02-10", 11, Line(10000), Line(10000, "si2", "p2"), off=5000)


@case("coupon_of_a_product_never_held", KIND, COUPON, "1200.00")
def _(rows: Rows) -> None:
    """25.00 off a product that the subscription does not have."""
    subscribed(rows)
    off(rows, products="elsewhere", amount_off=2500, currency="usd")
    rows.invoices("2025-01-10", 12, Line(10000))


# ---- beside discounts of all, and of lines that differ from month to month ----


@case("coupons_of_all_of_seats_and_usage", KIND, "Stripe stacked discounts", "720.00", None)
def _(rows: Rows) -> None:
    """A tenth off all and a fifth off the seats: usage of 50.00 has the tenth alone."""
    beside_a_meter(rows)
    rows.coupon("tenth", percent_off=10)
    rows.discount("tenth")
    off(rows, "third", "pr1", percent_off="33.3333")
    rows.invoices("2025-01-10", 12, Line(10000), USAGE, off=4000 + 500)


@case("services_dearer_than_the_plan_with_a_coupon", KIND, "Stripe add_invoice_items",
      "119.88", {"agrees", "one_time"})  # fmt: skip
def _(rows: Rows) -> None:
    """Half off 19.99 is 10.00; half off 219.99 with services is 110.00: rounding, and no more."""
    subscribed(rows, amount=1999)
    rows.coupon("half", percent_off=50)
    rows.discount("half")
    services = Line(20000, None, None, columns={"type": "invoiceitem"})
    rows.invoices("2025-01-10", 7, Line(1999), off=1000)
    rows.invoices("2025-08-10", 2, Line(1999), services, off=11000, name="both")
    rows.invoices("2025-10-10", 3, Line(1999), off=1000, name="then")


@case("meter_without_usage_in_its_last_month", "metered", "Stripe billing meters", "1200.00",
      {"agrees", "usage"})  # fmt: skip
def _(rows: Rows) -> None:
    """Invoices leave out a meter that counted nothing, and no ARR ends with it."""
    beside_a_meter(rows)
    rows.invoices("2025-01-10", 8, Line(10000), USAGE)
    rows.invoices("2025-09-10", 4, Line(10000), name="then")

"""Corrections that are discounted by the invoice they stand on, as its total says."""

from __future__ import annotations

from .cases import case, subscribed
from .corrections import correction
from .restricted_discounts import off
from .rows import Line, Rows

KIND = "discounts"
ITEMIZED = "Stripe changelog 2025-09-30: proration_discounts itemized"
PARTS = {"agrees", "part_period"}
FIFTH = {"c1": [("2025-01", "2025-05", "960.00"), ("2025-06", "2025-12", "1920.00")]}
LESS = {"c1": [("2025-01", "2025-05", "1920.00"), ("2025-06", "2025-12", "960.00")]}


def of_two_prices(rows: Rows, price: str = "p2", amount: int = 10000, **columns: object) -> None:
    """100.00 and 200.00 a month, and the item as it stands."""
    rows.subscription()
    rows.price(amount=amount, **columns)
    rows.price("p2", amount=2 * amount, **columns)
    rows.item(price=price)


def fifth(rows: Rows, start: str = "2025-01-10") -> None:
    """A fifth off for ever."""
    rows.coupon("fifth", percent_off=20)
    rows.discount("fifth", start=start)


def july(rows: Rows, *lines: Line, off: int, then: int) -> None:
    """The corrections of June on the invoice of July, and five more invoices without them."""
    rows.invoice("july", "2025-07-10", "2025-08-10", *lines, off=off)
    rows.invoices("2025-08-10", 5, lines[0], off=then, name="then")


@case("upgrade_discounted_on_the_next_invoice", KIND, ITEMIZED, FIFTH, PARTS)
def _(rows: Rows) -> None:
    """A fifth off 200.00, off 66.67 of credit and off 133.33: 53.33, of which 13.33 are June's."""
    of_two_prices(rows)
    fifth(rows)
    rows.invoices("2025-01-10", 6, Line(10000), off=2000)
    change = correction(-6667), correction(13333, "p2")
    july(rows, Line(20000, price="p2"), *change, off=5333, then=4000)


@case("upgrade_discounted_without_rows", KIND, ITEMIZED, FIFTH, PARTS)
def _(rows: Rows) -> None:
    """The same where no discount landed."""
    of_two_prices(rows)
    rows.invoices("2025-01-10", 6, Line(10000), off=2000)
    change = correction(-6667), correction(13333, "p2")
    july(rows, Line(20000, price="p2"), *change, off=5333, then=4000)


@case("downgrade_discounted_on_the_next_invoice", KIND, ITEMIZED, LESS, PARTS)
def _(rows: Rows) -> None:
    """A fifth off 100.00 and 66.67, less a fifth of 133.33 of credit: 6.67."""
    of_two_prices(rows, "p1")
    fifth(rows)
    rows.invoices("2025-01-10", 6, Line(20000, price="p2"), off=4000)
    july(rows, Line(10000), correction(-13333, "p2"), correction(6667), off=667, then=2000)


@case("downgrade_discounted_at_once", KIND, ITEMIZED, LESS, PARTS)
def _(rows: Rows) -> None:
    """An invoice of 66.66 of credit, which is reduced to 53.33."""
    of_two_prices(rows, "p1")
    fifth(rows)
    rows.invoices("2025-01-10", 6, Line(20000, price="p2"), off=4000)
    change = correction(-13333, "p2"), correction(6667)
    rows.invoice("change", "2025-06-20", "2025-07-10", *change, off=-1333)
    rows.invoices("2025-07-10", 6, Line(10000), off=2000, name="then")


@case("seats_discounted_twice_in_a_month", KIND, ITEMIZED,
      {"c1": [("2025-01", "2025-05", "960.00"), ("2025-06", "2025-12", "2880.00")]},
      PARTS)  # fmt: skip
def _(rows: Rows) -> None:
    """A second seat on 15 June and a third on the 25th: 17.33 of 86.67 are off the corrections."""
    subscribed(rows, 3)
    fifth(rows)
    rows.invoices("2025-01-10", 6, Line(10000), off=2000)
    first, second = ("2025-06-15", "2025-07-10"), ("2025-06-25", "2025-07-10")
    change = [
        correction(-8333, days=first), correction(16667, quantity=2, days=first),
        correction(-10000, quantity=2, days=second), correction(15000, quantity=3, days=second),
    ]  # fmt: skip
    july(rows, Line(30000, quantity=3), *change, off=8667, then=6000)


@case("item_swapped_and_discounted", KIND, ITEMIZED, FIFTH, PARTS)
def _(rows: Rows) -> None:
    """The credit is of an item that left, the charge of the one in its place."""
    rows.subscription()
    rows.price()
    rows.price("p2", amount=20000)
    rows.item("si2", price="p2", created="2025-06-20")
    fifth(rows)
    rows.invoices("2025-01-10", 6, Line(10000), off=2000)
    change = correction(-6667), correction(13333, "p2", item="si2")
    july(rows, Line(20000, "si2", "p2"), *change, off=5333, then=4000)


def seats_of_a_year(rows: Rows) -> None:
    """Ten seats of 1,200.00 a year since 2024, twelve now; a fifth off."""
    rows.subscription(created="2024-01-10")
    rows.price(amount=120000, interval="year")
    rows.item(quantity=12, created="2024-01-10")
    fifth(rows, "2024-01-10")
    rows.invoice("year", "2024-01-10", "2025-01-10", Line(1200000, quantity=10), off=240000)


SEATS = {"c1": [("2024-01", "2024-05", "9600.00"), ("2024-06", "2025-12", "11520.00")]}


@case("seats_of_a_year_discounted_at_once", KIND, ITEMIZED, SEATS, PARTS)
def _(rows: Rows) -> None:
    """Two seats since 10 June on an invoice of their own: 1,403.28 and a fifth off."""
    seats_of_a_year(rows)
    days = "2024-06-10", "2025-01-10"
    seats = correction(-701639, quantity=10, days=days), correction(841967, quantity=12, days=days)
    rows.invoice("seats", *days, *seats, off=28066)
    rows.invoice("next", "2025-01-10", "2026-01-10", Line(1440000, quantity=12), off=288000)


@case("seats_of_a_year_discounted_at_renewal", KIND, ITEMIZED, SEATS, PARTS)
def _(rows: Rows) -> None:
    """The same on the invoice of the next year, whose own share is 2,880.00 of 3,160.66."""
    seats_of_a_year(rows)
    days = "2024-06-10", "2025-01-10"
    seats = correction(-701639, quantity=10, days=days), correction(841967, quantity=12, days=days)
    lines = Line(1440000, quantity=12), *seats
    rows.invoice("next", "2025-01-10", "2026-01-10", *lines, off=316066)


@case("coupon_begins_after_a_correction", KIND, ITEMIZED,
      {"c1": [("2025-01", "2025-05", "1200.00"), ("2025-06", "2025-12", "1920.00")]},
      PARTS)  # fmt: skip
def _(rows: Rows) -> None:
    """Upgraded on 20 June, a coupon since the 25th: the invoice of July discounts both."""
    of_two_prices(rows)
    fifth(rows, "2025-06-25")
    rows.invoices("2025-01-10", 6, Line(10000))
    change = correction(-6667), correction(13333, "p2")
    july(rows, Line(20000, price="p2"), *change, off=5333, then=4000)


@case("coupon_of_another_product_and_corrections", KIND, ITEMIZED,
      {"c1": [("2025-01", "2025-05", "2160.00"), ("2025-06", "2025-12", "3360.00")]},
      PARTS)  # fmt: skip
def _(rows: Rows) -> None:
    """A fifth off 100.00, nothing off the item beside it that is upgraded."""
    of_two_prices(rows)
    rows.price("p3", product="pr3")
    rows.item("si3", price="p3")
    off(rows, "fifth", "pr3", percent_off=20)
    beside = Line(10000, "si3", "p3")
    rows.invoices("2025-01-10", 6, Line(10000), beside, off=2000)
    change = correction(-6667), correction(13333, "p2")
    lines = Line(20000, price="p2"), beside, *change
    rows.invoice("july", "2025-07-10", "2025-08-10", *lines, off=2000)
    rows.invoices("2025-08-10", 5, Line(20000, price="p2"), beside, off=2000, name="then")


@case("fixed_amount_and_corrections", KIND, ITEMIZED,
      {"c1": [("2025-01", "2025-05", "1080.00"), ("2025-06", "2025-12", "2280.00")]},
      PARTS)  # fmt: skip
def _(rows: Rows) -> None:
    """10.00 off each invoice, that with corrections as well."""
    of_two_prices(rows)
    rows.coupon("ten", amount_off=1000, currency="usd")
    rows.discount("ten")
    rows.invoices("2025-01-10", 6, Line(10000), off=1000)
    change = correction(-6667), correction(13333, "p2")
    july(rows, Line(20000, price="p2"), *change, off=1000, then=1000)


@case("upgrade_discounted_with_tax_inside", KIND, ITEMIZED, FIFTH, PARTS | {"tax"})
def _(rows: Rows) -> None:
    """120.00 and 240.00 with a fifth of tax inside: 100.00 and 200.00."""
    of_two_prices(rows, amount=12000, tax_behavior="inclusive")
    fifth(rows)
    inside = {"tax_inside": True}
    rows.invoices("2025-01-10", 6, Line(12000), off=2400, tax=1600, **inside)
    lines = Line(24000, price="p2"), correction(-8000), correction(16000, "p2")
    rows.invoice("july", "2025-07-10", "2025-08-10", *lines, off=6400, tax=4267, **inside)
    then = {"off": 4800, "tax": 3200, "name": "then", **inside}
    rows.invoices("2025-08-10", 5, Line(24000, price="p2"), **then)


@case("charge_discounted_beside_a_net_credit", KIND, "Stripe prorations", FIFTH, PARTS)
def _(rows: Rows) -> None:
    """53.33 of credit had its discount before; a fifth is off 133.33 and 200.00."""
    of_two_prices(rows)
    fifth(rows)
    rows.invoices("2025-01-10", 6, Line(10000), off=2000)
    change = correction(-5333), correction(13333, "p2")
    july(rows, Line(20000, price="p2"), *change, off=6667, then=4000)


@case("one_invoice_of_corrections_differs", KIND, ITEMIZED, FIFTH,
      PARTS | {"unexplained"},
      {("unexplained_invoice_difference", "s1")})  # fmt: skip
def _(rows: Rows) -> None:
    """25.00 more are off the invoice of July than the coupon takes, which nothing explains."""
    of_two_prices(rows)
    fifth(rows)
    rows.invoices("2025-01-10", 6, Line(10000), off=2000)
    change = correction(-6667), correction(13333, "p2")
    july(rows, Line(20000, price="p2"), *change, off=7833, then=4000)


@case("downgrade_to_a_credit_without_a_discount_row", KIND, "Fivetran stripe.discount, deleted",
      {"c1": [("2025-01", "2025-05", "1920.00"), ("2025-06", "2025-12", "960.00")]}, None,
      movements=[("2025-01", "new", "1920.00"), ("2025-06", "contraction", "-960.00")])  # fmt: skip
def _(rows: Rows) -> None:
    """A fifth off all invoices, that of the downgrade too, whose sum is below nothing."""
    of_two_prices(rows, price="p1")
    rows.invoices("2025-01-10", 6, Line(20000, price="p2"), off=4000)
    change = correction(-13333, "p2"), correction(6667)
    rows.invoice("change", "2025-06-20", "2025-07-10", *change, off=-1333)
    rows.invoices("2025-07-10", 6, Line(10000), off=2000, name="then")

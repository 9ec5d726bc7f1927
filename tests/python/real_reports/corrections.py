"""Corrections less their discounts, lines under several ids, subscriptions without items."""

from __future__ import annotations

from .cases import case, subscribed
from .rows import Line, Rows, after

NET = "Stripe changelog 2025-09-30: proration_discounts included"
FIFTH = {"c1": [("2025-01", "2025-05", "960.00"), ("2025-06", "2025-12", "1920.00")]}
GAINED = [("2025-01", "new", "960.00"), ("2025-06", "expansion", "960.00")]


def correction(
    amount: int,
    price: str = "p1",
    quantity: int = 1,
    item: str | None = "si1",
    days: tuple[str, str] = ("2025-06-20", "2025-07-10"),
) -> Line:
    """A line for a part of a period, credited or charged."""
    columns = {"proration": "true", "type": "invoiceitem"}
    return Line(amount, item, price, quantity, *days, columns)


def upgraded(rows: Rows, *, coupon: bool = True) -> None:
    """100.00 a month, 200.00 since 20 June, a fifth off for ever."""
    rows.subscription()
    rows.price()
    rows.price("p2", amount=20000)
    rows.item(price="p2")
    if coupon:
        rows.coupon("fifth", percent_off=20)
        rows.discount("fifth")
    rows.invoices("2025-01-10", 6, Line(10000), off=2000)


def upgraded_at_once(rows: Rows, *, coupon: bool = True) -> None:
    """66.67 of 100.00 and 133.33 of 200.00, a fifth less each, on an invoice without a discount."""
    upgraded(rows, coupon=coupon)
    change = correction(-5333), correction(10667, "p2")
    rows.invoice("change", "2025-06-20", "2025-07-10", *change)
    rows.invoices("2025-07-10", 6, Line(20000, price="p2"), off=4000, name="then")


# ---- an invoice of corrections has no discount, because their amounts are less it ----


@case("net_upgrade_invoiced_at_once", "discounts", NET, FIFTH, {"agrees", "part_period"},
      movements=GAINED)  # fmt: skip
def _(rows: Rows) -> None:
    """By the coupon."""
    upgraded_at_once(rows)


@case("net_upgrade_without_rows", "discounts", NET, FIFTH, {"agrees", "part_period"},
      movements=GAINED)  # fmt: skip
def _(rows: Rows) -> None:
    """The same where no discount landed."""
    upgraded_at_once(rows, coupon=False)


@case("net_upgrade_on_the_next_invoice", "discounts", NET, FIFTH, {"agrees", "part_period"},
      movements=GAINED)  # fmt: skip
def _(rows: Rows) -> None:
    """The corrections stand on the invoice of July, which takes a fifth off 200.00 alone."""
    upgraded(rows)
    lines = Line(20000, price="p2"), correction(-5333), correction(10667, "p2")
    rows.invoice("july", "2025-07-10", "2025-08-10", *lines, off=4000)
    rows.invoices("2025-08-10", 5, Line(20000, price="p2"), off=4000, name="then")


@case("net_upgrade_on_the_newest_invoice_without_rows", "discounts", NET,
      {"c1": [("2025-01", "2025-11", "960.00"), ("2025-12", "2025-12", "1920.00")]},
      {"agrees", "part_period"})  # fmt: skip
def _(rows: Rows) -> None:
    """No discount landed, and 40.00 off 200.00 is the share that the months before had."""
    rows.subscription()
    rows.price()
    rows.price("p2", amount=20000)
    rows.item(price="p2")
    rows.invoices("2025-01-10", 11, Line(10000), off=2000)
    days = "2025-12-01", "2025-12-10"
    change = correction(-2400, days=days), correction(4800, "p2", days=days)
    rows.invoice("new", "2025-12-10", "2026-01-10", Line(20000, price="p2"), *change, off=4000)


def net_seats(rows: Rows) -> None:
    """Ten seats of 1,200.00 a year, twelve since 10 June; a fifth off the invoices."""
    subscribed(rows, amount=120000, interval="year", quantity=12)
    rows.invoice("year", "2025-01-10", "2026-01-10", Line(1200000, quantity=10), off=240000)
    days = "2025-06-10", "2026-01-10"
    seats = correction(-562849, quantity=10, days=days), correction(675419, quantity=12, days=days)
    rows.invoice("seats", *days, *seats)


SEATS = {"c1": [("2025-01", "2025-05", "9600.00"), ("2025-06", "2025-12", "11520.00")]}


@case("net_seats_in_a_year", "discounts", NET, SEATS, None)
def _(rows: Rows) -> None:
    """The year is invoiced next in 2026, so the correction stands until then."""
    net_seats(rows)
    rows.coupon("fifth", percent_off=20)
    rows.discount("fifth")


@case("net_seats_with_a_coupon_made_anew", "discounts", NET, SEATS, None)
def _(rows: Rows) -> None:
    """Half off by the coupon of today, a fifth by what both invoices charged."""
    net_seats(rows)
    rows.coupon("SAVE", percent_off=50)
    rows.discount("SAVE")


@case("net_seats_with_a_coupon_deleted", "discounts", NET, SEATS, None,
      {("discount_without_coupon", "di1")})  # fmt: skip
def _(rows: Rows) -> None:
    """The coupon is gone, and what the seats cost less than their price shows the fifth."""
    net_seats(rows)
    rows.discount("gone")


# ---- lines under several ids ----


@case("line_on_two_invoices", "loaders", "dbt_stripe_source #73", "1200.00")
def _(rows: Rows) -> None:
    """One id on a void invoice and on the one issued in its place."""
    subscribed(rows)
    rows.invoices("2025-01-10", 5, Line(10000))
    june = Line(10000, columns={"id": "il_june", "unique_id": "il_june"})
    rows.invoice("void", "2025-06-10", "2025-07-10", june, status="void")
    rows.invoice("anew", "2025-06-10", "2025-07-10", june)
    rows.invoices("2025-07-10", 6, Line(10000), name="then")


@case("il_line_under_its_older_id", "loaders", "dbt_stripe #3, tap-stripe #134", "1200.00")
def _(rows: Rows) -> None:
    """Since API 2019-12-03 the line has another id; a reload left both rows."""
    subscribed(rows)
    rows.invoices("2025-01-10", 12, Line(10000))
    newest = rows.tables["stripe", "invoice_line_item"][-1]
    rows.add("stripe", "invoice_line_item", **{**newest, "id": "sli_1", "unique_id": newest["id"]})


@case("two_items_under_one_line_id", "loaders", "tap-stripe #28", "2400.00")
def _(rows: Rows) -> None:
    """Older lines of one invoice share their id and differ in their item."""
    subscribed(rows)
    rows.price("p2", product="pr2")
    rows.item("si2", price="p2")
    same = {"id": "sli_1"}
    rows.invoices("2025-01-10", 12, Line(10000, columns=same),
                  Line(10000, "si2", "p2", columns=same))  # fmt: skip


# ---- subscriptions of which no item landed, on lines that name none ----


def unnamed(amount: int, price: str = "p1", quantity: int = 1) -> Line:
    """A line that names its price and no item."""
    return Line(amount, None, price, quantity, columns={"type": "subscription"})


@case("no_item_landed", "loaders", "Stripe API before 2018-07, Fivetran",
      {"c1": [("2025-01", "2025-05", "3600.00")]})  # fmt: skip
def _(rows: Rows) -> None:
    """Three seats of a cancelled subscription, known by its invoices alone."""
    rows.subscription(status="canceled", canceled_at="2025-06-01", ended_at="2025-06-10")
    rows.price()
    rows.invoices("2025-01-10", 5, unnamed(30000, quantity=3))


@case("no_item_landed_and_upgrade", "loaders", "Stripe API before 2018-07, Fivetran",
      {"c1": [("2025-01", "2025-05", "1200.00"), ("2025-06", "2025-12", "2400.00")]},
      {"agrees", "part_period"},
      movements=[("2025-01", "new", "1200.00"), ("2025-06", "expansion", "1200.00")])  # fmt: skip
def _(rows: Rows) -> None:
    """Another price since 20 June."""
    rows.subscription()
    rows.price()
    rows.price("p2", amount=20000)
    rows.invoices("2025-01-10", 6, unnamed(10000))
    change = correction(-6667, item=None), correction(13333, "p2", item=None)
    rows.invoice("july", "2025-07-10", "2025-08-10", unnamed(20000, "p2"), *change)
    rows.invoices("2025-08-10", 5, unnamed(20000, "p2"), name="then")


@case("no_item_landed_of_two_prices", "loaders", "Stripe API before 2018-07, Fivetran", "3600.00")
def _(rows: Rows) -> None:
    """Two prices on each invoice are two items."""
    rows.subscription()
    rows.price()
    rows.price("p2", amount=20000, product="pr2")
    rows.invoices("2025-01-10", 12, unnamed(10000), unnamed(20000, "p2"))


# ---- first days before a billing date ----


@case("year_until_new_year", "starts", "Stripe billing_cycle_anchor",
      {"c1": [("2025-06", "2025-12", "1200.00")]}, {"part_period"})  # fmt: skip
def _(rows: Rows) -> None:
    """657.53 for the 200 days until the years begin on 1 January is no unexplained difference."""
    rows.subscription(created="2025-06-15", billing_cycle_anchor="2026-01-01")
    rows.price(amount=120000, interval="year")
    rows.item(created="2025-06-15")
    rows.invoice("first", "2025-06-15", "2026-01-01", Line(65753))


@case("month_until_its_first", "starts", "Stripe billing_cycle_anchor", "1200.00",
      {"agrees", "part_period"})  # fmt: skip
def _(rows: Rows) -> None:
    """70.97 for the 22 days until 1 February."""
    rows.subscription(billing_cycle_anchor="2025-02-01")
    rows.price()
    rows.item()
    rows.invoice("first", "2025-01-10", "2025-02-01", Line(7097))
    rows.invoices(after("2025-01-01", 1), 11, Line(10000))

"""Tables in history mode, rows that are deleted upstream, links that name nothing."""

from __future__ import annotations

import json

from .cases import YEAR, case, subscribed, versions
from .rows import Line, Rows, after, instant


def version(rows: Rows, start: str, end: str | None = None, **item: object) -> None:
    """A version of an item; without an end it is in force."""
    rows.item(
        **item, _fivetran_start=instant(start), _fivetran_end=instant(end),
        _fivetran_active="true" if end is None else "false",
    )  # fmt: skip


@case("seats_in_history_mode", "history mode", "Fivetran history mode",
      {"c1": [("2025-01", "2025-05", "6000.00"), ("2025-06", "2025-08", "9600.00"),
              ("2025-09", "2025-12", "2400.00")]}, set(),
      movements=[("2025-01", "new", "6000.00"), ("2025-06", "expansion", "3600.00"),
                 ("2025-09", "contraction", "-7200.00")])  # fmt: skip
def _(rows: Rows) -> None:
    """Five seats, eight since 10 June, two since 10 September, without an invoice."""
    rows.subscription()
    rows.price()
    version(rows, "2025-01-10", "2025-06-10", quantity=5)
    version(rows, "2025-06-10", "2025-09-10", quantity=8)
    version(rows, "2025-09-10", quantity=2)


@case("history_begins_with_the_first_load", "history mode", "Fivetran history mode",
      {"c1": [("2025-01", "2025-09", "3600.00"), ("2025-10", "2025-12", "4800.00")]}, set(),
      movements=[("2025-01", "new", "3600.00"), ("2025-10", "expansion", "1200.00")])  # fmt: skip
def _(rows: Rows) -> None:
    """Loaded since June: the first version known holds since the item was created."""
    rows.subscription()
    rows.price()
    version(rows, "2025-06-01", "2025-10-10", quantity=3)
    version(rows, "2025-10-10", quantity=4)


@case("price_in_history_mode", "history mode", "Fivetran history mode",
      {"c1": [("2025-01", "2025-05", "1200.00"), ("2025-06", "2025-12", "2400.00")]}, set(),
      movements=[("2025-01", "new", "1200.00"), ("2025-06", "expansion", "1200.00")])  # fmt: skip
def _(rows: Rows) -> None:
    """Another price of the item since 10 June."""
    rows.subscription()
    rows.price()
    rows.price("p2", amount=20000)
    version(rows, "2025-01-10", "2025-06-10")
    version(rows, "2025-06-10", price="p2")


@case("item_removed_in_history_mode", "history mode", "Fivetran history mode",
      {"c1": [("2025-01", "2025-01", "1200.00"), ("2025-02", "2025-06", "3600.00"),
              ("2025-07", "2025-12", "1200.00")]}, set(),
      movements=[("2025-01", "new", "1200.00"), ("2025-02", "expansion", "2400.00"),
                 ("2025-07", "contraction", "-2400.00")])  # fmt: skip
def _(rows: Rows) -> None:
    """A second item was there from 10 February to 10 July."""
    rows.subscription()
    rows.price()
    rows.price("p2", amount=20000, product="pr2")
    rows.item()
    version(rows, "2025-02-10", "2025-07-10", item="si2", price="p2", created="2025-02-10")


@case("seats_in_history_mode_after_the_invoice", "history mode", "Fivetran history mode",
      {"c1": [("2025-01", "2025-05", "6000.00"), ("2025-06", "2025-12", "9600.00")]}, None,
      movements=[("2025-01", "new", "6000.00"), ("2025-06", "expansion", "3600.00")])  # fmt: skip
def _(rows: Rows) -> None:
    """Five seats are invoiced for a year, and from 10 June on there are eight, unprorated."""
    rows.subscription()
    rows.price(amount=120000, interval="year")
    version(rows, "2025-01-10", "2025-06-10", quantity=5)
    version(rows, "2025-06-10", quantity=8)
    rows.invoice("year", "2025-01-10", "2026-01-10", Line(600000, quantity=5))


@case("subscription_deleted_upstream", "history mode", "bruin #2702, Fivetran history mode",
      {"c1": [("2025-01", "2025-06", "1200.00")]}, set(),
      movements=[("2025-01", "new", "1200.00"), ("2025-07", "churn", "-1200.00")])  # fmt: skip
def _(rows: Rows) -> None:
    """Its newest version is active and ended on 15 July, and none is in force."""
    rows.subscription(_fivetran_active="false", _fivetran_end="2025-07-15 00:00:00")
    rows.price()
    rows.item()


@case("links_that_name_nothing", "links", "Salesforce data export, typed metadata",
      {customer: [(*YEAR, "1200.00")] for customer in ("cA", "cB", "cC", "cD")}, set())  # fmt: skip
def _(rows: Rows) -> None:
    """Two customers say N/A where the account should stand, two the zeros of an empty lookup."""
    rows.price()
    for customer, link in (
        ("cA", "N/A"), ("cB", "n/a"), ("cC", "000000000000000AAA"), ("cD", "000000000000000AAA"),
    ):  # fmt: skip
        rows.customer(customer, metadata=json.dumps({"salesforce_account_id": link}))
        rows.subscription(f"s{customer}", customer)
        rows.item(f"si{customer}", f"s{customer}")


@case("lines_with_the_id_of_their_subscription", "loaders", "Stripe API before 2019, Fivetran",
      {"c1": [("2025-01", "2025-06", "6000.00"), ("2025-07", "2025-12", "9600.00")]},
      movements=[("2025-01", "new", "6000.00"), ("2025-07", "expansion", "3600.00")])  # fmt: skip
def _(rows: Rows) -> None:
    """Every line of an invoice has the id of its subscription and no other."""
    rows.subscription()
    rows.price()
    rows.item(quantity=8)
    rows.invoices("2025-01-10", 6, Line(50000, quantity=5, columns={"id": "s1"}))
    rows.invoices("2025-07-10", 6, Line(80000, quantity=8, columns={"id": "s1"}), name="then")


# ---- loaders that write 0 where Stripe has nothing ----


@case("no_per_cents_beside_an_amount", "loaders", "Stripe coupon object", "1080.00", set())
def _(rows: Rows) -> None:
    """10.00 off 100.00; the loader writes 0 for the per cents."""
    subscribed(rows)
    rows.coupon("ten", amount_off=1000, currency="usd", percent_off=0)
    rows.discount("ten")


@case("no_amount_beside_per_cents", "loaders", "Stripe coupon object", "960.00", set())
def _(rows: Rows) -> None:
    """A fifth off; the loader writes 0 for the amount."""
    subscribed(rows)
    rows.coupon("fifth", amount_off=0, percent_off=20)
    rows.discount("fifth")


@case("no_package", "loaders", "Stripe price.transform_quantity", "3600.00", set())
def _(rows: Rows) -> None:
    """Three units sold singly; the loader writes 0 for the size of a package."""
    subscribed(rows, quantity=3, transform_quantity_divide_by=0, transform_quantity_round="up")


@case("last_tier_up_to_nothing", "loaders", "Stripe price tiers", "888.00", set())
def _(rows: Rows) -> None:
    """Five at 10.00 and three at 8.00; the loader writes 0 for the end of the last tier."""
    subscribed(rows, amount=None, quantity=8, tiers_mode="graduated")
    rows.tier(up_to=5, unit_amount=1000)
    rows.tier(up_to=0, unit_amount=800)


# ---- lines of newer API versions, whose price a loader may leave out ----


def _seats(quantity: int) -> Line:
    return Line(10000 * quantity, quantity=quantity, price=None)


@case("lines_without_their_price", "loaders", "Stripe API 2025-03-31", "1200.00")
def _(rows: Rows) -> None:
    """No line names a price or plan; they come to what the price of the item says."""
    subscribed(rows)
    rows.invoices("2025-01-10", 12, _seats(1))


@case("seats_on_lines_without_their_price", "loaders", "Stripe API 2025-03-31",
      {"c1": [("2025-01", "2025-06", "6000.00"), ("2025-07", "2025-12", "9600.00")]},
      movements=[("2025-01", "new", "6000.00"), ("2025-07", "expansion", "3600.00")])  # fmt: skip
def _(rows: Rows) -> None:
    """Five seats, then eight."""
    subscribed(rows, quantity=8)
    rows.invoices("2025-01-10", 6, _seats(5))
    rows.invoices("2025-07-10", 6, _seats(8), name="then")


@case("upgrade_on_lines_without_their_price", "loaders", "Stripe API 2025-03-31",
      {"c1": [("2025-01", "2025-05", "1200.00"), ("2025-06", "2025-12", "2400.00")]}, None,
      {("amount_not_known", "si1")},
      [("2025-01", "new", "1200.00"), ("2025-06", "expansion", "1200.00")])  # fmt: skip
def _(rows: Rows) -> None:
    """100.00 until 20 June, then 200.00: the row of the item has the newer price alone."""
    rows.subscription()
    rows.price("p2", amount=20000)
    rows.item(price="p2")
    rows.invoices("2025-01-10", 6, Line(10000, price=None))
    fix = {"proration": "true", "type": "invoiceitem"}
    change = [
        Line(amount, price=None, start="2025-06-20", end="2025-07-10", columns=fix)
        for amount in (-6667, 13333)
    ]
    rows.invoice("in07", "2025-07-10", "2025-08-10", Line(20000, price=None), *change)
    rows.invoices("2025-08-10", 5, Line(20000, price=None), name="then")


@case("meter_on_lines_without_their_price", "loaders", "Stripe API 2025-03-31", "1200.00",
      {"agrees", "usage"})  # fmt: skip
def _(rows: Rows) -> None:
    """Usage stays usage, however its cents are rounded."""
    subscribed(rows)
    rows.price("m", amount=None, unit_amount_decimal="0.05", usage="metered", product="pr2")
    rows.item("si2", price="m", quantity=None)
    rows.invoices("2025-01-10", 12, Line(10000, price=None), Line(93, "si2", None, 1850))


@case("tiers_on_lines_without_their_price", "loaders", "Stripe API 2025-03-31", "888.00")
def _(rows: Rows) -> None:
    """Five at 10.00 and three at 8.00, a line for each tier."""
    subscribed(rows, amount=None, quantity=8, tiers_mode="graduated")
    rows.tier(up_to=5, unit_amount=1000)
    rows.tier(unit_amount=800)
    lines = [Line(amount, price=None, quantity=units) for amount, units in ((5000, 5), (2400, 3))]
    rows.invoices("2025-01-10", 12, *lines)


@case("item_removed_on_lines_without_their_price", "loaders", "Stripe API 2025-03-31",
      {"c1": [("2025-01", "2025-06", "2400.00"), ("2025-07", "2025-12", "1200.00")]},
      findings={("amount_not_known", "si2"),
                ("unknown_product", "si2/2025-01-10/gross")})  # fmt: skip
def _(rows: Rows) -> None:
    """An item without a row, charged 100.00 a month until 10 July by lines that name no price."""
    subscribed(rows)
    rows.invoices("2025-01-10", 6, _seats(1), Line(10000, "si2", None))
    rows.invoices("2025-07-10", 6, _seats(1), name="then")


@case("price_row_missing_before_upgrade", "prices", "Fivetran price table",
      {"c1": [("2025-01", "2025-05", "1200.00"), ("2025-06", "2025-12", "2400.00")]},
      findings={("amount_not_known", "si1")},
      movements=[("2025-01", "new", "1200.00"), ("2025-06", "expansion", "1200.00")])  # fmt: skip
def _(rows: Rows) -> None:
    """The first price was deleted before the first load; the product is that of the item."""
    rows.subscription()
    rows.price("p2", amount=20000)
    rows.item(price="p2")
    rows.invoices("2025-01-10", 5, Line(10000, price="p0"))
    rows.invoices("2025-06-10", 7, Line(20000, price="p2"), name="then")


# ---- a cancelled subscription of which no day landed ----


@case("cancelled_by_its_versions_alone", "states", "Stripe subscription.status canceled",
      {"c1": [("2025-01", "2025-05", "1200.00")]}, set())  # fmt: skip
def _(rows: Rows) -> None:
    """No day of the end landed; the version of 15 June says cancelled."""
    versions(rows, ("2025-01-10", "active", {}), ("2025-06-15", "canceled", {}))


@case("cancelled_by_its_invoices_alone", "states", "Stripe subscription.status canceled",
      {"c1": [("2025-01", "2025-06", "1200.00")]})  # fmt: skip
def _(rows: Rows) -> None:
    """The only version says cancelled, and the last invoice was that of June."""
    rows.subscription(status="canceled")
    rows.price()
    rows.item()
    rows.invoices("2025-01-10", 6, Line(10000))


# ---- invoices of which the first lines landed alone ----


def _cut_off(rows: Rows, shift: int, off: int = 0) -> None:
    """Twelve items of 100.00; ten lines of each invoice landed, every other month other ones."""
    rows.subscription()
    for item in range(12):
        rows.price(f"p{item}", product=f"pr{item}")
        rows.item(f"si{item}", price=f"p{item}")
    for month in range(12):
        listed = [(item + shift * (month % 2)) % 12 for item in range(10)]
        lines = [Line(10000, f"si{item}", f"p{item}") for item in listed]
        start, end = after("2025-01-10", month), after("2025-01-10", month + 1)
        rows.invoice(f"in{month}", start, end, *lines)
        rows.tables["stripe", "invoice"][-1].update(subtotal=120000, total=120000 - off)


@case("invoices_cut_off_at_ten_lines", "loaders", "Stripe invoice.lines has_more", "14400.00", None)
def _(rows: Rows) -> None:
    """The items that no invoice shows are known by their rows."""
    _cut_off(rows, 0)


@case("invoices_cut_off_at_other_lines", "loaders", "Stripe invoice.lines has_more", "14400.00",
      None)  # fmt: skip
def _(rows: Rows) -> None:
    """An invoice that does not show all its lines leaves no item out."""
    _cut_off(rows, 5)


@case("invoices_cut_off_with_a_coupon", "loaders", "Stripe invoice.lines has_more", "11520.00",
      None)  # fmt: skip
def _(rows: Rows) -> None:
    """A fifth off the whole invoice."""
    _cut_off(rows, 0, 24000)
    rows.coupon("fifth", percent_off=20)
    rows.discount("fifth")

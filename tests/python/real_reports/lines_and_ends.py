"""Invoice lines that name less than others, rows marked as deleted, ends without a notice."""

from __future__ import annotations

from .cases import case, subscribed
from .rows import Line, Row, Rows, after

CREDIT = {"proration": "true", "type": "invoiceitem"}
OF_SUBSCRIPTION = {"type": "subscription"}
APART: Row = {"proration": None, "type": None}  # where newer API versions keep both
SEATS = {"c1": [("2025-01", "2025-06", "6000.00"), ("2025-07", "2025-12", "9600.00")]}
SEATS_IN_JUNE = {"c1": [("2025-01", "2025-05", "6000.00"), ("2025-06", "2025-12", "9600.00")]}
UNTIL_NOVEMBER = {"c1": [("2025-01", "2025-11", "1200.00")]}
CHURN = [("2025-01", "new", "1200.00"), ("2025-12", "churn", "-1200.00")]
ITEM_LEFT = {"c1": [("2025-01", "2025-05", "2400.00"), ("2025-06", "2025-12", "1200.00")]}


# ---- lines that do not name their item ----


def _unnamed(quantity: int, price: str = "p1") -> Line:
    """So many seats of 100.00 a month of a subscription, of whichever item."""
    return Line(quantity * 10000, None, price, quantity, columns=OF_SUBSCRIPTION)


@case("seats_on_lines_without_their_item", "loaders", "Stripe API before 2018-07, stripe-java #548",
      SEATS, movements=[("2025-01", "new", "6000.00"),
                        ("2025-07", "expansion", "3600.00")])  # fmt: skip
def _(rows: Rows) -> None:
    """Five seats, then eight; the subscription has one item."""
    subscribed(rows, quantity=8)
    rows.invoices("2025-01-10", 6, _unnamed(5))
    rows.invoices("2025-07-10", 6, _unnamed(8), name="then")


@case("seats_corrected_on_lines_without_their_item", "loaders",
      "Stripe API before 2018-07, stripe-java #548", SEATS_IN_JUNE, None)  # fmt: skip
def _(rows: Rows) -> None:
    """Eight seats since 20 June, by a correction that names no item either."""
    subscribed(rows, quantity=8)
    rows.invoices("2025-01-10", 6, _unnamed(5))
    change = [
        Line(amount, None, "p1", seats, "2025-06-20", "2025-07-10", CREDIT)
        for amount, seats in ((-33333, 5), (53333, 8))
    ]
    rows.invoice("in07", "2025-07-10", "2025-08-10", _unnamed(8), *change)
    rows.invoices("2025-08-10", 5, _unnamed(8), name="then")


@case("two_items_on_lines_without_their_item", "loaders",
      "Stripe API before 2018-07, stripe-java #548",
      {"c1": [("2025-01", "2025-06", "7200.00"),
              ("2025-07", "2025-12", "10800.00")]})  # fmt: skip
def _(rows: Rows) -> None:
    """Two items, told apart by their prices."""
    subscribed(rows, quantity=8)
    rows.price("p2", product="pr2")
    rows.item("si2", price="p2")
    rows.invoices("2025-01-10", 6, _unnamed(5), _unnamed(1, "p2"))
    rows.invoices("2025-07-10", 6, _unnamed(8), _unnamed(1, "p2"), name="then")


@case("upgrade_on_lines_without_their_item", "loaders",
      "Stripe API before 2018-07, stripe-java #548",
      {"c1": [("2025-01", "2025-06", "1200.00"), ("2025-07", "2025-12", "2400.00")]},
      movements=[("2025-01", "new", "1200.00"),
                 ("2025-07", "expansion", "1200.00")])  # fmt: skip
def _(rows: Rows) -> None:
    """The only item has the newer price now, the lines had the older one before."""
    rows.subscription()
    rows.price()
    rows.price("p2", amount=20000)
    rows.item(price="p2")
    rows.invoices("2025-01-10", 6, _unnamed(1))
    upgraded = Line(20000, None, "p2", columns=OF_SUBSCRIPTION)
    rows.invoices("2025-07-10", 6, upgraded, name="then")


@case("services_beside_lines_without_their_item", "loaders",
      "Stripe API before 2018-07, stripe-java #548", "1200.00",
      {"agrees", "one_time", "credit"})  # fmt: skip
def _(rows: Rows) -> None:
    """What is charged or credited once names no item because it has none."""
    subscribed(rows)
    rows.invoices("2025-01-10", 11, _unnamed(1))
    once = [Line(amount, item=None, price=None) for amount in (90000, -5000)]
    rows.invoice("in12", "2025-12-10", "2026-01-10", _unnamed(1), *once)


# ---- lines that newer API versions left apart ----


@case("lines_without_their_subscription", "loaders", "stripity-stripe #879", SEATS)
def _(rows: Rows) -> None:
    """Neither invoice nor line names the subscription: it is that of the item."""
    subscribed(rows, quantity=8)
    none = {"subscription": None}
    rows.invoices("2025-01-10", 6, Line(50000, quantity=5), **none)
    rows.invoices("2025-07-10", 6, Line(80000, quantity=8), name="then", **none)


@case("corrections_not_marked_as_such", "loaders", "Stripe API 2025-03-31", SEATS_IN_JUNE, None)
def _(rows: Rows) -> None:
    """A credit for an item is a correction, and what is charged beside it is for a part of June."""
    subscribed(rows, quantity=8)
    rows.invoices("2025-01-10", 6, Line(50000, quantity=5))
    change = [
        Line(amount, "si1", "p1", seats, "2025-06-20", "2025-07-10", APART)
        for amount, seats in ((-33333, 5), (53333, 8))
    ]
    rows.invoice("in07", "2025-07-10", "2025-08-10", Line(80000, quantity=8), *change)
    rows.invoices("2025-08-10", 5, Line(80000, quantity=8), name="then")


@case("item_removed_by_a_credit_not_marked_as_such", "loaders", "Stripe API 2025-03-31",
      ITEM_LEFT, None)  # fmt: skip
def _(rows: Rows) -> None:
    """The second item is credited from 20 June on."""
    subscribed(rows)
    rows.price("p2", product="pr2")
    rows.invoices("2025-01-10", 6, Line(10000), Line(10000, "si2", "p2"))
    credit = Line(-6667, "si2", "p2", 1, "2025-06-20", "2025-07-10", APART)
    rows.invoice("in07", "2025-07-10", "2025-08-10", Line(10000), credit)
    rows.invoices("2025-08-10", 5, Line(10000), name="then")


@case("lines_that_name_their_item_alone", "loaders", "Stripe API 2025-03-31", SEATS_IN_JUNE, None)
def _(rows: Rows) -> None:
    """Eight seats since 20 June on lines without subscription, price, type or mark."""
    subscribed(rows, quantity=8)

    def alone(amount: int, seats: int, *period: str) -> Line:
        return Line(amount, "si1", None, seats, *period, columns=APART)

    none = {"subscription": None}
    rows.invoices("2025-01-10", 6, alone(50000, 5), **none)
    part = "2025-06-20", "2025-07-10"
    change = alone(-33333, 5, *part), alone(53333, 8, *part)
    rows.invoice("in07", "2025-07-10", "2025-08-10", alone(80000, 8), *change, **none)
    rows.invoices("2025-08-10", 5, alone(80000, 8), name="then", **none)


@case("first_days_on_lines_without_their_price", "loaders", "Stripe API 2025-03-31", "1200.00",
      None)  # fmt: skip
def _(rows: Rows) -> None:
    """70.97 for 22 days of January are of the price of which whole months are."""
    rows.subscription(billing_cycle_anchor="2025-02-01")
    rows.price()
    rows.item()
    rows.invoice("first", "2025-01-10", "2025-02-01", Line(7097, price=None))
    rows.invoices("2025-02-01", 11, Line(10000, price=None))


@case("first_days_of_another_price", "loaders", "Stripe API 2025-03-31",
      {"c1": [("2025-01", "2025-06", "1200.00"), ("2025-07", "2025-12", "2400.00")]}, None,
      {("amount_not_known", "si1")})  # fmt: skip
def _(rows: Rows) -> None:
    """The same before an upgrade in July: the first days are of the price before it."""
    rows.subscription(billing_cycle_anchor="2025-02-01")
    rows.price("p2", amount=20000)
    rows.item(price="p2")
    rows.invoice("first", "2025-01-10", "2025-02-01", Line(7097, price=None))
    rows.invoices("2025-02-01", 5, Line(10000, price=None))
    rows.invoices("2025-07-01", 6, Line(20000, price=None), name="then")


# ---- rows that are marked as deleted ----


def _with_a_second_item(rows: Rows, **deleted: str) -> None:
    """Two items of 100.00 a month, the second marked as deleted on 15 June."""
    subscribed(rows)
    rows.price("p2", product="pr2")
    rows.item("si2", price="p2", synced="2025-06-15 10:00:00", **deleted)


@case("item_deleted_and_never_invoiced", "removals", "Stripe subscription_item.is_deleted",
      ITEM_LEFT, set(),
      movements=[("2025-01", "new", "2400.00"),
                 ("2025-06", "contraction", "-1200.00")])  # fmt: skip
def _(rows: Rows) -> None:
    """It was there until the loader saw it deleted."""
    _with_a_second_item(rows, is_deleted="true")


@case("item_deleted_by_the_loader", "removals", "Fivetran _fivetran_deleted", ITEM_LEFT, set())
def _(rows: Rows) -> None:
    """The same in the words of the loader."""
    _with_a_second_item(rows, _fivetran_deleted="true")


@case("item_deleted_and_paid_for_a_year", "removals", "Stripe subscription_item.is_deleted",
      "3600.00")  # fmt: skip
def _(rows: Rows) -> None:
    """A year of it was paid for and nothing credited."""
    subscribed(rows)
    rows.price("p2", amount=240000, interval="year", product="pr2")
    rows.item("si2", price="p2", synced="2025-06-15 10:00:00", is_deleted="true")
    rows.invoices("2025-01-10", 12, Line(10000))
    rows.invoice("year", "2025-01-10", "2026-01-10", Line(240000, "si2", "p2"))


@case("item_deleted_in_history_mode", "history mode", "Fivetran history mode", ITEM_LEFT, set())
def _(rows: Rows) -> None:
    """The version of 15 June says deleted: the one before ended on that day."""
    subscribed(rows)
    rows.price("p2", product="pr2")
    june = "2025-06-15 10:00:00"
    for start, active, deleted in (("2025-01-10 10:00:00", "false", None), (june, "true", "true")):
        rows.item("si2", price="p2", is_deleted=deleted, _fivetran_active=active,
                  _fivetran_start=start)  # fmt: skip


@case("subscription_deleted_by_the_loader", "removals", "Fivetran _fivetran_deleted",
      {"c1": [("2025-01", "2025-05", "1200.00")]},
      movements=[("2025-01", "new", "1200.00"), ("2025-06", "churn", "-1200.00")])  # fmt: skip
def _(rows: Rows) -> None:
    """Deleted upstream on 15 June; its row still says active."""
    subscribed(rows)
    row = rows.tables["stripe", "subscription_history"][0]
    row.update(_fivetran_deleted="true", _fivetran_synced="2025-06-15 10:00:00")
    rows.invoices("2025-01-10", 5, Line(10000))


@case("discount_deleted_by_the_loader", "removals", "Fivetran _fivetran_deleted", "1200.00", set())
def _(rows: Rows) -> None:
    """The discount is off the subscription."""
    subscribed(rows)
    rows.coupon("fifth", percent_off=20)
    rows.discount("fifth", _fivetran_deleted="true")


@case("invoice_deleted_by_the_loader", "removals", "Fivetran _fivetran_deleted", "1200.00")
def _(rows: Rows) -> None:
    """90 seats on an invoice that was deleted say nothing, although its line is not marked."""
    subscribed(rows)
    rows.invoices("2025-01-10", 12, Line(10000))
    rows.invoice("wrong", "2025-12-15", "2026-01-15", Line(900000, quantity=90),
                 _fivetran_deleted="true")  # fmt: skip


@case("customer_deleted_by_the_loader", "removals", "Fivetran _fivetran_deleted", "1200.00",
      findings={("customer_deleted", "s1")})  # fmt: skip
def _(rows: Rows) -> None:
    """Stripe cancels the subscriptions of a deleted customer, and this one runs on."""
    rows.customer(_fivetran_deleted="true")
    subscribed(rows)
    rows.invoices("2025-01-10", 12, Line(10000))


# ---- cancelled less than the grace days ago, without a day of notice ----


def _left_in_december(rows: Rows, **subscription: str) -> None:
    rows.subscription(**subscription)
    rows.price()
    rows.item()
    rows.invoices("2025-01-10", 11, Line(10000))


@case("cancelled_in_grace_by_its_end_alone", "states", "Stripe subscription.canceled_at empty",
      UNTIL_NOVEMBER, movements=CHURN)  # fmt: skip
def _(rows: Rows) -> None:
    """Ended on 10 December: no late renewal is awaited, Stripe renews by itself."""
    _left_in_december(rows, status="canceled", ended_at="2025-12-10")


@case("cancelled_in_grace_by_its_state_alone", "states", "Stripe subscription.canceled_at empty",
      UNTIL_NOVEMBER, movements=CHURN)  # fmt: skip
def _(rows: Rows) -> None:
    """No day landed: it ended with what was paid for."""
    _left_in_december(rows, status="canceled")


@case("cancelled_in_grace_as_scheduled", "states", "Stripe subscription.canceled_at empty",
      UNTIL_NOVEMBER, movements=CHURN)  # fmt: skip
def _(rows: Rows) -> None:
    """The row is older than the end that it announces."""
    _left_in_december(rows, cancel_at="2025-12-10")


@case("cancelled_in_grace_at_its_period_end", "states", "Stripe subscription.canceled_at empty",
      UNTIL_NOVEMBER, movements=CHURN)  # fmt: skip
def _(rows: Rows) -> None:
    """The same by the end of the period."""
    _left_in_december(rows, cancel_at_period_end="true", current_period_end="2025-12-10")


@case("deleted_upstream_in_grace", "history mode", "Fivetran history mode",
      UNTIL_NOVEMBER, movements=CHURN)  # fmt: skip
def _(rows: Rows) -> None:
    """No version has been in force since 10 December."""
    ended = {"_fivetran_active": "false", "_fivetran_end": "2025-12-10 10:00:00"}
    _left_in_december(rows, **ended)


@case("cancelled_and_back_in_grace", "states", "Stripe subscription.canceled_at empty", "1200.00",
      None)  # fmt: skip
def _(rows: Rows) -> None:
    """Cancelled on 25 June and subscribed again on 5 July: that is a late renewal."""
    rows.subscription(status="canceled", ended_at="2025-06-25")
    rows.subscription("s2", created="2025-07-05")
    rows.price()
    rows.item()
    rows.item("si2", "s2", created="2025-07-05")
    rows.invoices("2025-01-10", 6, Line(10000))
    rows.invoices("2025-07-05", 6, Line(10000, "si2"), subscription="s2", name="then")


# ---- a running period that is older than the invoices ----


@case("period_of_the_item_after_that_of_the_subscription", "states",
      "Stripe API 2025-03-31: current_period_end of items", "1200.00", set())  # fmt: skip
def _(rows: Rows) -> None:
    """Cancelled at its period end, which the item has: the subscription kept that of June."""
    rows.subscription(cancel_at_period_end="true", current_period_end="2025-06-10")
    rows.price()
    rows.item(current_period_end="2026-01-10 10:00:00")


@case("paid_for_after_its_period", "states", "Stripe API 2025-03-31: current_period_end of items",
      "1200.00")  # fmt: skip
def _(rows: Rows) -> None:
    """The same known by the invoices alone."""
    rows.subscription(cancel_at_period_end="true", current_period_end="2025-06-10")
    rows.price()
    rows.item()
    rows.invoices("2025-01-10", 12, Line(10000))


# ---- lines that lack what every line has ----


@case("line_without_an_amount", "loaders", "Airbyte, Fivetran: a column that failed", "1200.00",
      None)  # fmt: skip
def _(rows: Rows) -> None:
    """The line of April says nothing."""
    subscribed(rows)
    rows.invoices("2025-01-10", 12, Line(10000))
    del rows.tables["stripe", "invoice_line_item"][3]["amount"]


@case("line_without_a_period", "loaders", "Airbyte, Fivetran: a column that failed",
      {"c1": [("2025-01", "2025-06", "6000.00"), ("2025-07", "2025-12", "9600.00")]},
      None)  # fmt: skip
def _(rows: Rows) -> None:
    """Five seats on a line of April without days are not those of today."""
    subscribed(rows, quantity=8)
    rows.invoices("2025-01-10", 6, Line(50000, quantity=5))
    rows.invoices("2025-07-10", 6, Line(80000, quantity=8), name="then")
    for column in ("period_start", "period_end"):
        del rows.tables["stripe", "invoice_line_item"][3][column]


@case("corrections_without_their_mark", "loaders", "Stripe API 2025-03-31", SEATS_IN_JUNE, None)
def _(rows: Rows) -> None:
    """They are invoice items of an item, which nothing else is."""
    subscribed(rows, quantity=8)
    rows.invoices("2025-01-10", 6, Line(50000, quantity=5))
    unmarked = {"type": "invoiceitem", "proration": None}
    change = [
        Line(amount, "si1", "p1", seats, "2025-06-20", "2025-07-10", unmarked)
        for amount, seats in ((-33333, 5), (53333, 8))
    ]
    rows.invoice("in07", "2025-07-10", "2025-08-10", Line(80000, quantity=8), *change)
    rows.invoices("2025-08-10", 5, Line(80000, quantity=8), name="then")


@case("item_without_its_seats", "loaders", "Airbyte, Fivetran: a column that failed", "9600.00")
def _(rows: Rows) -> None:
    """The row has no seats, the invoices have eight."""
    subscribed(rows, quantity=None)
    rows.invoices("2025-01-10", 12, Line(80000, quantity=8))


@case("invoices_without_their_currency", "currency", "Airbyte, Fivetran: a column that failed",
      "84.00", {"agrees", "tax"})  # fmt: skip
def _(rows: Rows) -> None:
    """Their lines have it, and so what a minor unit is."""
    subscribed(rows, amount=1000, currency="jpy")
    rows.invoices("2025-01-10", 12, Line(1000), currency="jpy", tax=100)
    for invoice in rows.tables["stripe", "invoice"]:
        del invoice["currency"]


@case("no_currency_but_that_of_the_price", "currency", "Airbyte, Fivetran: a column that failed",
      "84.00")  # fmt: skip
def _(rows: Rows) -> None:
    """Neither invoices nor lines have one."""
    subscribed(rows, amount=1000, currency="jpy")
    rows.invoices("2025-01-10", 12, Line(1000), currency="jpy")
    for table in ("invoice", "invoice_line_item"):
        for row in rows.tables["stripe", table]:
            del row["currency"]


@case("discount_of_no_subscription", "discounts", "Airbyte, Fivetran: a column that failed",
      "1200.00", set())  # fmt: skip
def _(rows: Rows) -> None:
    """Nothing says what it is on."""
    subscribed(rows)
    rows.coupon("fifth", percent_off=20)
    rows.discount("fifth")
    del rows.tables["stripe", "subscription_discount"][0]["subscription_id"]


# ---- prices that say less than their invoices ----


@case("price_row_missing_for_ever", "prices", "Fivetran price table", "2400.00",
      findings={("amount_not_known", "si2"),
                ("unknown_product", "si2/2025-01-10/gross")})  # fmt: skip
def _(rows: Rows) -> None:
    """No row of the second price landed; its months are charged before they begin."""
    subscribed(rows)
    rows.item("si2", price="p2")
    rows.invoices("2025-01-10", 12, Line(10000), Line(10000, "si2", "p2"))


@case("row_of_a_meter_missing", "prices", "Fivetran price table", "1200.00",
      None, {("amount_not_known", "si2")})  # fmt: skip
def _(rows: Rows) -> None:
    """The same of what is charged afterwards, which is usage."""
    subscribed(rows)
    rows.item("si2", price="m", quantity=None)
    for month in range(12):
        before, start, end = (after("2025-01-10", month + number) for number in (-1, 0, 1))
        usage = Line(3700 + month, "si2", "m", 1850 + month, before, start)
        rows.invoice(f"in{month + 1:02}", start, end, Line(10000), usage)


@case("price_without_its_interval", "prices", "Airbyte, Fivetran: a column that failed", "1200.00")
def _(rows: Rows) -> None:
    """The invoices have months."""
    subscribed(rows, interval=None, count=None)
    rows.invoices("2025-01-10", 12, Line(10000))


@case("price_without_its_interval_not_invoiced", "prices",
      "Airbyte, Fivetran: a column that failed", {}, set(),
      {("amount_not_known", "si1")})  # fmt: skip
def _(rows: Rows) -> None:
    """Nothing says how often it is charged."""
    subscribed(rows, interval=None, count=None)


# ---- a pause that was to end, on the only version that is known ----


@case("pause_that_was_to_end", "states", "Stripe pause_collection.resumes_at",
      {"c1": [("2025-01", "2025-05", "1200.00"), ("2025-09", "2025-12", "1200.00")]},
      None)  # fmt: skip
def _(rows: Rows) -> None:
    """Paused until 10 September, which the row still says although it is paid for since."""
    rows.subscription(
        pause_collection_behavior="void", pause_collection_resumes_at="2025-09-10 10:00:00"
    )
    rows.price()
    rows.item()
    rows.invoices("2025-01-10", 5, Line(10000))
    rows.invoices("2025-06-10", 3, Line(10000), name="void", status="void")
    rows.invoices("2025-09-10", 4, Line(10000), name="then")


# ---- a discount without a start ----


@case("repeating_without_its_start", "discounts", "Stripe discount object",
      {"c1": [("2025-01", "2025-03", "960.00"), ("2025-04", "2025-12", "1200.00")]},
      set())  # fmt: skip
def _(rows: Rows) -> None:
    """Three months of a discount whose start did not land: it began with the subscription."""
    subscribed(rows)
    rows.coupon("fifth", "repeating", duration_in_months=3, percent_off=20)
    rows.discount("fifth")
    del rows.tables["stripe", "subscription_discount"][0]["start"]

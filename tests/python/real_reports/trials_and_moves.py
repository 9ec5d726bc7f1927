"""Trials laid over paid time, moves between linked customers, items without a creation."""

from __future__ import annotations

import json

from .cases import case, subscribed
from .rows import Line, Rows

PART = {"proration": "true", "type": "invoiceitem"}


# ---- trials over time that was paid for ----


@case("trial_over_a_year_paid_that_day", "trials", "Stripe trial_end on a paid subscription",
      "1200.00")  # fmt: skip
def _(rows: Rows) -> None:
    """A year paid on 10 January, a trial from that day to 1 April."""
    rows.subscription(trial_start="2025-01-10", trial_end="2025-04-01")
    rows.price(amount=120000, interval="year")
    rows.item()
    rows.invoice("year", "2025-01-10", "2026-01-10", Line(120000))


@case("trial_of_a_payer_without_a_start", "trials", "Stripe trial_start empty", "1200.00",
      {"agrees", "not_invoiced"})  # fmt: skip
def _(rows: Rows) -> None:
    """Paid from January to March, a free month to 5 May whose start was not landed."""
    rows.subscription(created="2025-01-05", trial_end="2025-05-05")
    rows.price()
    rows.item(created="2025-01-05")
    rows.invoices("2025-01-05", 3, Line(10000))
    rows.invoices("2025-05-05", 8, Line(10000), name="then")


@case("trial_hours_after_the_payment", "trials", "Stripe trial_end on a paid subscription",
      "1200.00", {"agrees", "free_time"})  # fmt: skip
def _(rows: Rows) -> None:
    """Paid at ten, in trial from three in the afternoon to 5 March."""
    rows.subscription(created="2025-01-05", trial_end="2025-03-05")
    afternoon = "2025-01-05 15:00:00"
    rows.tables["stripe", "subscription_history"][0]["trial_start"] = afternoon
    rows.price()
    rows.item(created="2025-01-05")
    rows.invoice("paid", "2025-01-05", "2025-02-05", Line(10000))
    free = Line(0, columns={"period_start": afternoon})
    rows.invoice("trial", "2025-01-05", "2025-03-05", free)
    rows.invoices("2025-03-05", 10, Line(10000))


@case("trial_extended_after_a_month_paid", "trials", "Stripe trial_end",
      {"c1": [("2025-02", "2025-12", "1200.00")]}, {"agrees", "not_invoiced"},
      movements=[("2025-02", "new", "1200.00")])  # fmt: skip
def _(rows: Rows) -> None:
    """A trial to 10 February, a month paid, then in trial again: the row keeps the first start."""
    rows.subscription(trial_start="2025-01-10", trial_end="2025-06-10")
    rows.price()
    rows.item()
    rows.invoice("trial", "2025-01-10", "2025-02-10", Line(0))
    rows.invoice("paid", "2025-02-10", "2025-03-10", Line(10000))
    rows.invoices("2025-06-10", 7, Line(10000), name="then")


@case("trial_in_the_place_of_a_payment_taken_back", "trials", "Stripe proration of trial_end",
      {"c1": [("2025-02", "2025-12", "1200.00")]}, None,
      movements=[("2025-02", "new", "1200.00")])  # fmt: skip
def _(rows: Rows) -> None:
    """Charged by mistake, credited as a whole the same day and put into trial to 10 February."""
    rows.subscription(trial_start="2025-01-10", trial_end="2025-02-10")
    rows.price()
    rows.item()
    rows.invoice("wrong", "2025-01-10", "2025-02-10", Line(10000))
    rows.invoice("trial", "2025-01-10", "2025-02-10", Line(0), Line(-10000, columns=PART))
    rows.invoices("2025-02-10", 11, Line(10000))


@case("seats_added_in_a_trial", "trials", "Stripe trials",
      {"c1": [("2025-02", "2025-12", "3600.00")]},
      movements=[("2025-02", "new", "3600.00")])  # fmt: skip
def _(rows: Rows) -> None:
    """One seat in trial, three from 20 January, all for nothing to 10 February."""
    rows.subscription(trial_start="2025-01-10", trial_end="2025-02-10")
    rows.price()
    rows.item(quantity=3)
    rows.invoice("trial", "2025-01-10", "2025-02-10", Line(0))
    changes = [
        Line(0, quantity=quantity, start="2025-01-20", end="2025-02-10", columns=PART)
        for quantity in (1, 3)
    ]
    rows.invoices("2025-02-10", 1, Line(30000, quantity=3), *changes)
    rows.invoices("2025-03-10", 10, Line(30000, quantity=3), name="then")


@case("minimum_of_a_meter_charged_in_a_trial", "trials", "Stripe metered billing",
      {"c1": [("2025-02", "2025-12", "1440.00")]}, None)  # fmt: skip
def _(rows: Rows) -> None:
    """Seats in trial to 10 February; the minimum of 20.00 a month is charged for it as well."""
    rows.subscription(trial_start="2025-01-10", trial_end="2025-02-10")
    rows.price()
    rows.item()
    rows.price("m1", amount=None, usage="metered", tiers_mode="graduated", product="pr2")
    rows.tier("m1", up_to=1000, unit_amount=0, flat_amount=2000)
    rows.tier("m1", unit_amount=2)
    rows.item("si2", price="m1", quantity=None)
    rows.invoice("trial", "2025-01-10", "2025-02-10", Line(0))
    meter = {"item": "si2", "price": "m1", "quantity": 0}
    for month in range(2, 13):
        start, before = f"2025-{month:02}-10", f"2025-{month - 1:02}-10"
        end = f"2025-{month + 1:02}-10" if month < 12 else "2026-01-10"
        minimum = Line(2000, start=before, end=start, **meter)
        rows.invoice(f"in{month:02}", start, end, Line(10000), minimum)


# ---- moves between customers of one CRM account ----


def linked(rows: Rows, case_name: str, *customers: str) -> None:
    """Customers of Stripe that carry the id of one account; cases have their name in front."""
    rows.add("salesforce", "account", id="acc", name="Account", is_deleted="false")
    for customer in customers:
        link = {"salesforce_account_id": f"{case_name}-acc"}
        rows.customer(customer, metadata=json.dumps(link))


@case("moved_to_a_linked_customer", "moves", "Stripe backdate_start_date",
      {"acc": [("2025-01", "2025-12", "1200.00")]}, set(),
      movements=[("2025-01", "new", "1200.00")])  # fmt: skip
def _(rows: Rows) -> None:
    """Ended on 10 June and entered anew that day for another customer, backdated to January."""
    linked(rows, "moved_to_a_linked_customer", "cA", "cB")
    rows.subscription("s1", "cA", status="canceled", ended_at="2025-06-10")
    rows.subscription("s2", "cB", created="2025-06-10", start_date="2025-01-10")
    rows.price()
    rows.item("si1", "s1")
    rows.item("si2", "s2", created="2025-06-10")


@case("moved_in_trial_to_a_linked_customer", "moves", "Ghost #19902",
      {"acc": [("2024-07", "2025-12", "1200.00")]}, {"agrees", "free_time", "stopped_in_period"},
      movements=[("2024-07", "new", "1200.00")])  # fmt: skip
def _(rows: Rows) -> None:
    """A paid year of one customer is replaced by a trial of the other until the paid time ends."""
    linked(rows, "moved_in_trial_to_a_linked_customer", "cA", "cB")
    rows.subscription("s1", "cA", created="2024-07-10", status="canceled", ended_at="2025-05-01")
    rows.subscription(
        "s2", "cB", created="2025-05-01", trial_start="2025-05-01", trial_end="2025-07-10"
    )
    rows.price(amount=120000, interval="year")
    rows.item("si1", "s1", created="2024-07-10")
    rows.item("si2", "s2", created="2025-05-01")
    rows.invoice("i1", "2024-07-10", "2025-07-10", Line(120000), customer="cA")
    other = {"subscription": "s2", "customer": "cB"}
    rows.invoice("i2", "2025-05-01", "2025-07-10", Line(0, "si2"), **other)
    rows.invoice("i3", "2025-07-10", "2026-07-10", Line(120000, "si2"), **other)


@case("trial_of_a_linked_customer_beside_a_paid_one", "moves", "Stripe trials",
      {"acc": [("2025-01", "2025-05", "1200.00"), ("2025-06", "2025-12", "2400.00")]},
      movements=[("2025-01", "new", "1200.00"), ("2025-06", "expansion", "1200.00")])  # fmt: skip
def _(rows: Rows) -> None:
    """One customer pays and goes on; the other tries to 10 June."""
    linked(rows, "trial_of_a_linked_customer_beside_a_paid_one", "cA", "cB")
    rows.subscription("s1", "cA")
    rows.subscription(
        "s2", "cB", created="2025-05-10", trial_start="2025-05-10", trial_end="2025-06-10"
    )
    rows.price()
    rows.price("p2", product="pr2")
    rows.item("si1", "s1")
    rows.item("si2", "s2", "p2", created="2025-05-10")
    rows.invoices("2025-01-10", 12, Line(10000), customer="cA")
    rows.invoices("2025-06-10", 7, Line(10000, "si2", "p2"), name="b", subscription="s2",
                  customer="cB")  # fmt: skip


# ---- items without a creation ----


def without_creation(rows: Rows, *columns: str) -> None:
    """The newest item as connections land it that leave columns out."""
    for column in ("created", *columns):
        del rows.tables["stripe", "subscription_item"][-1][column]


@case("item_without_creation", "starts", "Stripe subscription_item without created", "1200.00",
      set())  # fmt: skip
def _(rows: Rows) -> None:
    """Never invoiced: as old as its subscription."""
    subscribed(rows)
    without_creation(rows)


@case("item_without_creation_or_load", "starts", "Stripe subscription_item without created",
      "1200.00", set())  # fmt: skip
def _(rows: Rows) -> None:
    """The same where the loader did not write when it loaded the row."""
    subscribed(rows)
    without_creation(rows, "_fivetran_synced")


@case("item_without_creation_of_a_cancelled_one", "starts",
      "Stripe subscription_item without created", {"c1": [("2025-01", "2025-05", "1200.00")]},
      set(),
      movements=[("2025-01", "new", "1200.00"), ("2025-06", "churn", "-1200.00")])  # fmt: skip
def _(rows: Rows) -> None:
    """Cancelled on 10 June."""
    rows.subscription(status="canceled", ended_at="2025-06-10")
    rows.price()
    rows.item()
    without_creation(rows)


@case("item_without_creation_backdated", "starts", "Stripe backdate_start_date", "1200.00", set())
def _(rows: Rows) -> None:
    """Entered on 10 March for 1 January."""
    rows.subscription(created="2025-03-10", start_date="2025-01-01")
    rows.price()
    rows.item(created="2025-03-10")
    without_creation(rows)


@case("item_without_creation_beside_an_invoiced_one", "starts",
      "Stripe subscription_item without created",
      {"c1": [("2025-01", "2025-11", "1200.00"), ("2025-12", "2025-12", "2400.00")]}, None,
      movements=[("2025-01", "new", "1200.00"),
                 ("2025-12", "expansion", "1200.00")])  # fmt: skip
def _(rows: Rows) -> None:
    """Added since the last invoice of 10 December, which does not list it."""
    subscribed(rows)
    rows.invoices("2025-01-10", 12, Line(10000))
    rows.price("p2", product="pr2")
    rows.item("si2", price="p2")
    without_creation(rows)


@case("another_product_for_three_weeks", "moves", "Stripe subscription_items.update",
      {"c1": [("2025-01", "2025-04", "1200.00"), ("2025-05", "2025-05", "2400.00"),
              ("2025-06", "2025-12", "1200.00")]}, None,
      movements=[("2025-01", "new", "1200.00"), ("2025-05", "expansion", "1200.00"),
                 ("2025-06", "contraction", "-1200.00")])  # fmt: skip
def _(rows: Rows) -> None:
    """Of another product from 20 May to 8 June: the first one was not renewed late."""
    subscribed(rows)
    rows.price("p2", amount=20000, product="pr2")
    rows.invoices("2025-01-10", 5, Line(10000))
    up, down = ("2025-05-20", "2025-06-10"), ("2025-06-08", "2025-06-10")
    rows.invoice("up", *up, Line(-6774, columns=PART), Line(13548, price="p2", columns=PART))
    rows.invoice("down", *down, Line(-1290, price="p2", columns=PART), Line(645, columns=PART))
    rows.invoices("2025-06-10", 7, Line(10000), name="then")


@case("seats_taken_to_none", "moves", "Stripe subscription_items.update, quantity 0",
      {"c1": [("2025-01", "2025-11", "1200.00")]}, None,
      movements=[("2025-01", "new", "1200.00"), ("2025-12", "churn", "-1200.00")])  # fmt: skip
def _(rows: Rows) -> None:
    """None since 4 December: nothing waits for a renewal."""
    subscribed(rows, quantity=0)
    rows.invoices("2025-01-10", 11, Line(10000))
    rest = {"start": "2025-12-04", "end": "2025-12-10", "columns": PART}
    change = Line(-1935, **rest), Line(0, quantity=0, **rest)
    rows.invoice("then", "2025-12-10", "2026-01-10", Line(0, quantity=0), *change)

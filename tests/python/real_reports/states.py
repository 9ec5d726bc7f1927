"""Pauses and unpaid subscriptions of which one version is known, tiers that say too little."""

from __future__ import annotations

from .cases import case, subscribed
from .rows import Line, Rows

UNTIL_MAY = {"c1": [("2025-01", "2025-05", "1200.00")]}


def _invoiced_until(rows: Rows, months: int, then: str, **subscription: object) -> None:
    """So many months paid for, the rest of the year invoiced in another state; one version."""
    rows.subscription(current_period_start="2025-12-10", **subscription)
    rows.price()
    rows.item()
    rows.invoices("2025-01-10", months, Line(10000))
    later = f"2025-{months + 1:02}-10"
    rows.invoices(later, 12 - months, Line(10000), name="then", status=then)


# ---- one version of a subscription, as a reload of the history leaves it ----


@case("pause_known_by_its_void_invoices", "states", "mozilla/bigquery-etl, Fivetran re-sync",
      UNTIL_MAY,
      movements=[("2025-01", "new", "1200.00"), ("2025-06", "churn", "-1200.00")])  # fmt: skip
def _(rows: Rows) -> None:
    """Paid for until 10 June; since then invoices are void and the row says paused."""
    _invoiced_until(rows, 5, "void", pause_collection_behavior="void")


@case("pause_known_by_its_drafts", "states", "Stripe pause_collection", UNTIL_MAY)
def _(rows: Rows) -> None:
    """The same with invoices kept as drafts."""
    _invoiced_until(rows, 5, "draft", pause_collection_behavior="keep_as_draft")


@case("pause_known_by_what_was_written_off", "states", "Stripe pause_collection", UNTIL_MAY,
      reasons=None)  # fmt: skip
def _(rows: Rows) -> None:
    """The same with invoices marked uncollectible."""
    _invoiced_until(rows, 5, "uncollectible", pause_collection_behavior="mark_uncollectible")


@case("unpaid_known_by_its_drafts", "states", "Stripe subscription.status unpaid", UNTIL_MAY,
      movements=[("2025-01", "new", "1200.00"), ("2025-06", "churn", "-1200.00")])  # fmt: skip
def _(rows: Rows) -> None:
    """Unpaid: after five months invoices are drafts."""
    _invoiced_until(rows, 5, "draft", status="unpaid")


@case("year_paid_and_paused", "states", "Stripe pause_collection",
      {"c1": [("2025-01", "2025-11", "1200.00")]}, reasons=None)  # fmt: skip
def _(rows: Rows) -> None:
    """A year is paid for, and the row written on 31 December says paused: it is since that day."""
    rows.subscription(pause_collection_behavior="void")
    rows.price(amount=120000, interval="year")
    rows.item()
    rows.invoice("year", "2025-01-10", "2026-01-10", Line(120000))


@case("second_year_never_paid", "states", "Stripe subscription.status unpaid",
      {"c1": [("2024-01", "2024-12", "1200.00")]}, reasons=None)  # fmt: skip
def _(rows: Rows) -> None:
    """The invoice of the second year was written off."""
    rows.subscription(created="2024-01-10", status="unpaid")
    rows.price(amount=120000, interval="year")
    rows.item(created="2024-01-10")
    rows.invoice("first", "2024-01-10", "2025-01-10", Line(120000))
    rows.invoice("second", "2025-01-10", "2026-01-10", Line(120000), status="uncollectible")


# ---- tiers that do not say what all units cost ----


@case("tiers_without_their_mode", "tiers", "Fivetran price without tiers_mode", {}, set(),
      {("amount_not_known", "si1")})  # fmt: skip
def _(rows: Rows) -> None:
    """Eight units of tiers that may be graduated or by volume: 74.00 or 64.00."""
    subscribed(rows, amount=None, quantity=8)
    rows.tier(up_to=5, unit_amount=1000)
    rows.tier(unit_amount=800)


@case("first_tier_without_its_mode", "tiers", "Fivetran price without tiers_mode", "480.00", set())
def _(rows: Rows) -> None:
    """Four units are in the first tier: 40.00 a month whatever the mode."""
    subscribed(rows, amount=None, quantity=4)
    rows.tier(up_to=5, unit_amount=1000)
    rows.tier(unit_amount=800)


@case("last_tier_not_landed", "tiers", "Fivetran tier without up_to", {}, set(),
      {("amount_not_known", "si1")})  # fmt: skip
def _(rows: Rows) -> None:
    """Twelve units, and tiers up to ten: what the last two cost no row says."""
    subscribed(rows, amount=None, quantity=12, tiers_mode="graduated")
    rows.tier(up_to=5, unit_amount=1000)
    rows.tier(up_to=10, unit_amount=800)


@case("last_tier_not_landed_and_invoiced", "tiers", "Fivetran tier without up_to", "1272.00")
def _(rows: Rows) -> None:
    """The same with invoices, which say it: 50.00, 40.00 and 16.00."""
    subscribed(rows, amount=None, quantity=12, tiers_mode="graduated")
    rows.tier(up_to=5, unit_amount=1000)
    rows.tier(up_to=10, unit_amount=800)
    lines = [Line(amount, quantity=units) for amount, units in ((5000, 5), (4000, 5), (1600, 2))]
    rows.invoices("2025-01-10", 12, *lines)


# ---- removed within the grace days ----


@case("item_removed_in_the_last_month", "removals", "Stripe prorations",
      {"c1": [("2025-01", "2025-11", "2400.00"), ("2025-12", "2025-12", "1200.00")]}, None,
      movements=[("2025-01", "new", "2400.00"),
                 ("2025-12", "contraction", "-1200.00")])  # fmt: skip
def _(rows: Rows) -> None:
    """Taken out on 20 December with a credit: no renewal is awaited."""
    subscribed(rows)
    rows.price("p2", product="pr2")
    rows.invoices("2025-01-10", 12, Line(10000), Line(10000, "si2", "p2"))
    credit = {"proration": "true", "type": "invoiceitem"}
    left = Line(-6774, "si2", "p2", 1, "2025-12-20", "2026-01-10", credit)
    rows.invoice("left", "2025-12-20", "2025-12-20", left)


@case("seats_changed_when_a_month_renews", "seats", "Stripe prorations",
      {"c1": [("2025-01", "2025-05", "1200.00"), ("2025-06", "2025-12", "3600.00")]},
      movements=[("2025-01", "new", "1200.00"), ("2025-06", "expansion", "2400.00")])  # fmt: skip
def _(rows: Rows) -> None:
    """Three seats from the instant of renewal on: corrections of no time stand on that invoice."""
    subscribed(rows, quantity=3)
    rows.invoices("2025-01-10", 5, Line(10000))
    nothing = {"proration": "true", "type": "invoiceitem"}
    lines = [Line(0, quantity=seats, end="2025-06-10", columns=nothing) for seats in (1, 3)]
    rows.invoice("in06", "2025-06-10", "2025-07-10", Line(30000, quantity=3), *lines)
    rows.invoices("2025-07-10", 6, Line(30000, quantity=3), name="then")


# ---- subscriptions of which nothing else landed ----

FOUND = {("subscription_without_items", "s1")}


@case("active_without_item_or_invoice", "loaders", "Fivetran subscription_item not synced", {},
      set(), FOUND)  # fmt: skip
def _(rows: Rows) -> None:
    """Nothing says what it costs."""
    rows.subscription()


@case("active_with_void_invoices_alone", "loaders", "Fivetran subscription_item not synced", {},
      set(), FOUND)  # fmt: skip
def _(rows: Rows) -> None:
    """Neither does a void invoice."""
    rows.subscription()
    rows.price()
    line = Line(10000, None, columns={"type": "subscription"})
    rows.invoices("2025-01-10", 3, line, status="void")


@case("cancelled_without_item_or_invoice", "loaders", "Fivetran subscription_item not synced", {},
      set())  # fmt: skip
def _(rows: Rows) -> None:
    """It has no ARR in any case."""
    rows.subscription(status="canceled", ended_at="2025-06-10")


@case("active_without_items_beside_another", "loaders", "Fivetran subscription_item not synced",
      "1200.00", findings=FOUND)  # fmt: skip
def _(rows: Rows) -> None:
    """The other subscription of the customer is paid for as before."""
    rows.subscription()
    rows.subscription("s2")
    rows.price()
    rows.item(subscription="s2")
    rows.invoices("2025-01-10", 12, Line(10000), subscription="s2")

"""Items without a creation."""

from __future__ import annotations

from .cases import case, subscribed
from .rows import Line, Rows

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

"""Discounts that items changed by proration, tax inside prices and fees have or do not have."""

from __future__ import annotations

from .cases import case, subscribed
from .rows import Line, Rows

KIND = "discounts"
INCLUSIVE = {"tax_behavior": "inclusive"}



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

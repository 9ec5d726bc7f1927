"""Books of custom_billing: few lines, as many situations as there are.

The days on which something happens are drawn first and shared by all subscriptions of the book, so
that several products move in one month more often than not.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from oracle.days import days_of_a_book
from oracle.months import last_day
from oracle.picks import Picks
from oracle.policy import Policy
from oracle.subscriptions import subscription

Book = dict[str, list[dict[str, Any]]]

PLAN_RATES = {"EUR": "1.1", "GBP": "1.25", "JPY": "0.0067"}
RATE_MONTHS = range(2022 * 12 + 1, 2025 * 12 + 13)
SEGMENTS = [None, "smb", "enterprise"]
REGIONS = [None, "emea", "apac"]
FAMILIES = [None, "suite", "suite", "data"]
REVENUE_TYPES = [None, None, None, "recurring", "services", "usage", "one_time"]


@st.composite
def books(draw: st.DrawFn, policy: Policy) -> Book:
    """The strategy: every choice is one whole number of Hypothesis."""
    return book_of(Picks(lambda count: draw(st.integers(0, count - 1))), policy)


def book_of(picks: Picks, policy: Policy, shape: str = "any") -> Book:
    """shape: any, losses (nothing is added after the first day), tiny (one customer, one line)."""
    days = days_of_a_book(picks, policy)
    customers = _customers(picks, days, alone=shape == "tiny")
    versions = _versions(picks, customers, days)
    products = _products(picks)
    holders = [row["customer_id"] for row in customers] + ["stranger"]
    lines: list[dict[str, Any]] = []
    for number in range(1 if shape == "tiny" else 1 + picks.below(4)):
        lines += subscription(picks, f"S{number}", holders, days, policy)
    if shape == "tiny":
        lines = lines[:1]
    if shape == "losses":
        lines = _without_growth(lines)
    if policy.end_is_inclusive:
        lines = [_with_last_day(line) for line in lines if line["end_date"] != line["start_date"]]
    return {
        "customers": [row for row in customers if row.pop("landed")],
        "customer_versions": versions,
        "products": products,
        "subscription_lines": lines,
        "fx_rates": fx_rates(),
    }


def _without_growth(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """All begins on the first day and ends as it did: nothing new, nothing sold on."""
    first = min(line["start_date"] for line in lines)
    kept = []
    for line in lines:
        if line["term_amount"] >= 0:
            line = {**line, "start_date": first}
            line.pop("supersedes_line_id", None)
            kept.append(line)
    return kept


def fx_rates() -> list[dict[str, Any]]:
    """One table of rates for all books, so that books can be merged."""
    rows = []
    for currency, plan in PLAN_RATES.items():
        rows.append({"currency": currency, "month_end": None, "rate": Decimal(plan)})
        for month in RATE_MONTHS:
            percent = 100 + (month * 7 + len(rows)) % 13 - 6
            rate = (Decimal(plan) * percent / 100 + Decimal(month % 5) / 10**8).quantize(
                Decimal("0.00000001")
            )
            rows.append({"currency": currency, "month_end": last_day(month), "rate": rate})
    return rows


def _with_last_day(line: dict[str, Any]) -> dict[str, Any]:
    """The same line in a source that stores the last active day."""
    end = line["end_date"]
    return line if end is None else {**line, "end_date": end - timedelta(days=1)}


def _versions(
    picks: Picks, customers: list[dict[str, Any]], days: list[date]
) -> list[dict[str, Any]]:
    """What some customers were from some days on; parents may run in circles for a while."""
    ids = [row["customer_id"] for row in customers] + ["gone"]
    rows: list[dict[str, Any]] = []
    for customer in customers:
        for day in picks.some_of(days, 0, 2) if picks.one_in(3) else []:
            row = {"customer_id": customer["customer_id"], "valid_from": day}
            row["segment"], row["region"] = picks.of(SEGMENTS), picks.of(REGIONS)
            row["parent_customer_id"] = picks.of([None, *ids])
            rows.append(row)
    return rows


def _customers(picks: Picks, days: list[date], alone: bool = False) -> list[dict[str, Any]]:
    """One to four customers; links go to any of them, so some run in circles."""
    count = 1 if alone else 1 + picks.below(4)
    ids = [f"C{number}" for number in range(count)] + ["gone"]
    rows: list[dict[str, Any]] = []
    for number in range(count):
        row: dict[str, Any] = {"customer_id": ids[number]}
        row["segment"], row["region"] = picks.of(SEGMENTS), picks.of(REGIONS)
        links = picks.below(8)
        if links in (5, 7):
            row["parent_customer_id"] = picks.of(ids)
        if links in (6, 7):
            row["merged_into_customer_id"] = picks.of(ids)
            row["merged_date"] = picks.of([None, *days])
        row["landed"] = not picks.one_in(10)
        rows.append(row)
    if count > 1 and picks.one_in(12):
        link = picks.of(["merged_into_customer_id", "parent_customer_id"])
        rows[0][link], rows[1][link] = ids[1], ids[0]
    return rows


def _products(picks: Picks) -> list[dict[str, Any]]:
    """P0 to P3 may be listed; P4 never is. A product without a row is its own family."""
    rows = []
    for number in range(4):
        if picks.below(5):
            family = picks.of(FAMILIES)
            kind = picks.of(REVENUE_TYPES) if number == 3 else None
            row = {"product_id": f"P{number}", "product_family": family, "revenue_type": kind}
            rows.append(row)
    return rows

"""Subscription lines as they are read: dates, cents, and why a line carries no ARR."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from oracle.months import (
    CENTS_SCALE,
    RATE_SCALE,
    as_day,
    as_flag,
    as_text,
    month_of,
    rounded,
    scaled,
)
from oracle.policy import Policy

UNKNOWN = "unknown"
FOREVER = date(9999, 12, 31)
# what is sold once takes the place of no contract
SOLD_ONCE = ("one_time", "services")


class MissingRateError(Exception):
    """Money without a rate: the build fails, and so does the oracle."""


@dataclass
class Line:
    line_id: str
    subscription_id: str
    source_customer_id: str
    product_id: str
    family: str
    tier: str
    start: date
    stated_end: date  # as the source says, exclusive; FOREVER while open
    native_cents: int  # ARR in the currency of the line
    quantity: int  # in ten-thousandths
    currency: str
    charge_type: str
    revenue_type: str  # the charge type, or what the product makes of a recurring one
    amount: int  # of the term, in ten-thousandths
    supersedes: str | None
    notice: date | None
    is_step: bool
    months: Fraction  # of the term
    superseded: date = FOREVER  # when the first line that supersedes this one begins
    end: date = FOREVER  # after the lines that supersede this one
    exclusion: str | None = None
    is_replaced: bool = False  # by what carries ARR, on the day it ends
    replaced_in: str | None = None  # the family of such a line that counts
    customer_id: str = UNKNOWN  # who holds it today
    counted_until: date = FOREVER  # after grace days
    holders: list[tuple[int, str]] = field(default_factory=list)  # from which month who held it

    @property
    def has_service(self) -> bool:
        return self.start < self.stated_end

    def holder_in(self, month: int) -> str:
        """Who held the subscription in the month, as billing names them."""
        begun = [holder for since, holder in self.holders if since <= month]
        earliest = self.holders[0][1] if self.holders else self.source_customer_id
        return begun[-1] if begun else earliest

    def is_charged(self, policy: Policy) -> bool:
        return self.amount != 0 and self.charge_type in policy.charge_types

    @property
    def has_notice(self) -> bool:
        return self.notice is not None

    @property
    def is_discount(self) -> bool:
        return self.native_cents < 0


def read_lines(book: Mapping[str, list], policy: Policy) -> list[Line]:
    products = {str(row["product_id"]): row for row in book.get("products", [])}
    lines = [_line(row, products, policy) for row in book.get("subscription_lines", [])]
    _end_superseded(lines)
    for line in lines:
        line.exclusion = _exclusion(line, policy)
        line.counted_until = line.end
    for line in lines:
        replacements = [
            other for other in lines if (other.supersedes, other.start) == (line.line_id, line.end)
        ]
        # one that is itself replaced on that day took its place all the same
        line.is_replaced = any(
            other.amount != 0
            and other.exclusion in (None, "superseded_before_start", "zero_amount")
            for other in replacements
        )
        families = [other.family for other in replacements if other.exclusion is None]
        line.replaced_in = line.family if line.family in families else min(families, default=None)
    return lines


def _line(row: Mapping[str, Any], products: Mapping[str, Mapping], policy: Policy) -> Line:
    product = products.get(str(row["product_id"]), {})
    charge_type = as_text(row.get("charge_type")) or "recurring"
    revenue_type = charge_type
    if charge_type == "recurring":
        revenue_type = as_text(product.get("revenue_type")) or "recurring"
    end = as_day(row.get("end_date"))
    if end is not None and policy.end_is_inclusive:
        end += timedelta(days=1)
    quantity = row.get("quantity")
    amount = scaled(row["term_amount"], CENTS_SCALE)
    months = scaled(row["term_months"], CENTS_SCALE)
    return Line(
        line_id=str(row["line_id"]),
        subscription_id=as_text(row.get("subscription_id")) or f"line {row['line_id']}",
        source_customer_id=as_text(row.get("customer_id")) or UNKNOWN,
        product_id=str(row["product_id"]),
        family=as_text(product.get("product_family")) or str(row["product_id"]),
        tier=as_text(row.get("plan_tier")) or str(row["product_id"]),
        start=as_day(row["start_date"]),
        stated_end=end or FOREVER,
        native_cents=rounded(amount * 1200, months),
        quantity=CENTS_SCALE if quantity in (None, "") else scaled(quantity, CENTS_SCALE),
        currency=str(row["currency"]).upper(),
        charge_type=charge_type,
        amount=amount,
        revenue_type=revenue_type,
        supersedes=None if revenue_type in SOLD_ONCE else as_text(row.get("supersedes_line_id")),
        notice=as_day(row.get("notice_date")),
        is_step=as_flag(row.get("is_contracted_step")),
        months=Fraction(months, CENTS_SCALE),
    )


def _end_superseded(lines: list[Line]) -> None:
    """A line that supersedes another ends it on its own start; one without service ends nothing."""
    successors: dict[str, list[Line]] = {}
    for line in lines:
        if line.supersedes and line.supersedes != line.line_id and line.has_service:
            successors.setdefault(line.supersedes, []).append(line)
    for line in lines:
        starts = [successor.start for successor in successors.get(line.line_id, [])]
        line.superseded = min(starts, default=FOREVER)
        line.end = min(line.stated_end, line.superseded)


def _exclusion(line: Line, policy: Policy) -> str | None:
    """The first reason that holds."""
    if line.revenue_type not in policy.charge_types:
        return line.revenue_type
    if line.stated_end < line.start:
        return "ends_before_start"
    if not line.has_service:
        return "no_service_time"
    if line.end <= line.start:
        return "superseded_before_start"
    if line.native_cents == 0:
        return "zero_amount"
    return None


class Rates:
    """Cents in the reporting currency: each line is rounded by itself."""

    def __init__(self, book: Mapping[str, list], policy: Policy) -> None:
        self.reporting = policy.reporting_currency
        self.are_constant = policy.fx_mode == "plan_rate"
        self.rates: dict[tuple[str, int | None], int] = {}
        for row in book.get("fx_rates", []):
            day = as_day(row.get("month_end"))
            key = (str(row["currency"]).upper(), None if day is None else month_of(day))
            self.rates[key] = scaled(row["rate"], RATE_SCALE)

    def cents(self, line: Line, month: int) -> int:
        """What the line is worth at the rate of the month, or at the plan rate."""
        if line.currency == self.reporting:
            return line.native_cents
        key = (line.currency, None if self.are_constant else month)
        if key not in self.rates:
            raise MissingRateError(f"{line.line_id}: no rate for {line.currency} in {month}")
        return rounded(line.native_cents * self.rates[key], RATE_SCALE)

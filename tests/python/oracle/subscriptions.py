"""One subscription of a book: its terms one after the other, and what runs beside them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

from oracle.picks import Picks
from oracle.policy import Policy

Row = dict[str, Any]

# Amounts and terms that divide evenly, that do not, and that come to nothing once rounded.
AMOUNTS = ["1200", "1000", "600", "100", "99.99", "0.05", "333.3333", "0.0049", "0", "20000.05"]
TERMS = ["12", "12", "12", "1", "3", "36", "7", "0.2308", "0.25", "0.0329"]
CURRENCIES = ["USD", "USD", "USD", "EUR", "JPY", "GBP"]
TIERS = [None, None, "basic", "pro"]
PRODUCTS = ["P0", "P1", "P2", "P3", "P4"]
OTHER_CHARGES = ["one_time", "trial", "usage", "services"]
DELAYS = [(0, 0), (0, 0), (0, 0), (0, 0), (0, 1), (1, -1), (1, 0), (1, 1), (1, 40)]


@dataclass(frozen=True)
class Term:
    customer: str | None
    product: str
    tier: str | None
    amount: Decimal
    months: Decimal
    seats: int | None
    currency: str
    is_step: bool | None = None


def subscription(
    picks: Picks, name: str, holders: list[str], days: list[date], policy: Policy
) -> list[Row]:
    """Terms begin and end on the days of the book; each changes something or nothing."""
    starts = picks.some_of(days, 1, 4)
    term = _first_term(picks, holders)
    lines: list[Row] = []
    for number, start in enumerate(starts):
        if number:
            term = _next_term(picks, term, holders)
        until = starts[number + 1] if number + 1 < len(starts) else _last_end(picks, days, start)
        begins = start + timedelta(days=_delay(picks, policy) if number else 0)
        if until is not None and begins > until:
            begins = start
        lines.append(_line(f"{name}-{number}", name, term, begins, until))
    _renew_early(picks, lines)
    _give_notice(picks, lines)
    lines += _beside(picks, name, lines, days)
    lines += _entered_oddly(picks, name, lines, days)
    if picks.one_in(8):
        for line in lines:
            line["subscription_id"] = None
    return lines


def _first_term(picks: Picks, holders: list[str]) -> Term:
    customer = picks.of(holders)
    return Term(
        customer=None if picks.one_in(30) else customer,
        product=picks.of(PRODUCTS),
        tier=picks.of(TIERS),
        amount=Decimal(picks.of(AMOUNTS)),
        months=Decimal(picks.of(TERMS)),
        seats=picks.of([None, 1, 2, 3, 10, 0]),
        currency=picks.of(CURRENCIES),
    )


def _next_term(picks: Picks, term: Term, holders: list[str]) -> Term:
    """What changes at a renewal; most of all price and seats."""
    term = replace(term, is_step=None)
    kind = picks.below(12)
    if kind in (1, 3):
        term = replace(term, seats=picks.of([1, 2, 4, 5, 12, None]))
    if kind in (2, 3, 4, 5):
        times = Decimal(picks.of(["2", "1.1", "0.5", "0.99"]))
        term = replace(term, amount=_exact(term.amount * times))
    if kind in (4, 6):
        term = replace(term, tier=picks.of(TIERS))
    if kind in (5, 7):
        seats = (term.seats or 1) + kind - 5
        term = replace(term, is_step=True, amount=term.amount + 60, seats=seats)
    if kind in (8, 9):
        term = replace(term, product=picks.of(PRODUCTS))
    if kind == 10:
        term = replace(term, customer=picks.of(holders))
    if kind == 11:
        term = replace(term, currency=picks.of(CURRENCIES), is_step=False)
    return term


def _delay(picks: Picks, policy: Policy) -> int:
    """Days between the end of one term and the start of the next: mostly none, or at the limit."""
    times, more = picks.of(DELAYS)
    return max(0, times * policy.grace_days + more)


def _last_end(picks: Picks, days: list[date], start: date) -> date | None:
    if picks.below(3) == 0:
        return None
    end = picks.of([day for day in days if day >= start])
    return end + timedelta(days=picks.of([0, 0, 1, 31, 365]))


def _renew_early(picks: Picks, lines: list[Row]) -> None:
    """A later term supersedes the one before, which was signed for longer."""
    for old, new in pairwise(lines):
        kind = picks.below(10)
        if kind >= 8 and new["end_date"] != new["start_date"]:
            new["supersedes_line_id"] = old["line_id"]
            longer = timedelta(days=picks.of([1, 20, 400]))
            old["end_date"] = None if kind == 9 else (old["end_date"] or new["start_date"]) + longer


def _give_notice(picks: Picks, lines: list[Row]) -> None:
    for line in lines:
        if line["end_date"] is not None and picks.one_in(8):
            line["notice_date"] = line["end_date"] - timedelta(days=30)


def _beside(picks: Picks, name: str, lines: list[Row], days: list[date]) -> list[Row]:
    """Recurring discounts, credits, and charges that are no ARR, beside the terms."""
    found = []
    for number in range(picks.of([0, 0, 1, 1, 2])):
        kind, model = picks.below(6), picks.of(lines)
        start = picks.of([model["start_date"], *days])
        end = picks.of([None, model["end_date"], start])
        line = {**model, "line_id": f"{name}-b{number}", "start_date": start}
        line["end_date"] = max(end, start) if end else None
        line.pop("supersedes_line_id", None)
        if kind <= 3:
            share = Decimal(picks.of(["-0.1", "-0.3333", "-1", "-1.5"]))
            line["term_amount"] = _exact(line["term_amount"] * share)
            line["quantity"] = picks.of([0, 0, None])
        elif kind == 4:
            line["charge_type"] = picks.of(OTHER_CHARGES)
        else:
            line["end_date"] = start
        found.append(line)
    return found


def _entered_oddly(picks: Picks, name: str, lines: list[Row], days: list[date]) -> list[Row]:
    """Seats added mid-term on a line of their own, a line entered twice, one turned round."""
    kind = picks.below(12)
    if kind < 8:
        return []
    model = picks.of(lines)
    line = {**model, "line_id": f"{name}-odd"}
    line.pop("supersedes_line_id", None)
    if kind <= 9:
        until = model["end_date"]
        within = [
            day for day in days if day > model["start_date"] and (until is None or day < until)
        ]
        line["start_date"] = picks.of(within or [model["start_date"]])
        line["term_amount"] = _exact(line["term_amount"] * Decimal(picks.of(["0.25", "1", "3"])))
        line["quantity"] = 2
    elif kind == 11:
        line["end_date"] = line["start_date"] - timedelta(days=picks.of([1, 40, 400]))
    return [line]


def _exact(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.0001"))


def _line(line_id: str, subscription_id: str, term: Term, start: date, until: date | None) -> Row:
    return {
        "line_id": line_id,
        "subscription_id": subscription_id,
        "customer_id": term.customer,
        "product_id": term.product,
        "plan_tier": term.tier,
        "start_date": start,
        "end_date": until,
        "term_amount": term.amount,
        "term_months": term.months,
        "quantity": term.seats,
        "currency": term.currency,
        "is_contracted_step": term.is_step,
    }

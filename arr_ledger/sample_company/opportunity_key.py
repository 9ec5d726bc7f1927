"""What the ledger must say of opportunities: won, lost, open, and the pipeline ahead."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

from .catalog import PLAN_RATES
from .days import LAST_MONTH, month_index, rounded

if TYPE_CHECKING:
    from .answer_key import Key

TEAMS = {
    "CSM": "csm",
    "AM": "account_management",
    "Professional Services": "professional_services",
    "Sales": "sales",
    "Self-serve": "self_serve",
    "": "unattributed",
}
MONTHS_AHEAD = 12
Rows = list[tuple[object, ...]]
# customer, closing month, team, state, cents
Expansion = tuple[str, int, str, str, int]


def expansions(key: Key) -> list[Expansion]:
    """Opportunities with an amount that are no renewal, of customers who had ARR before.

    An amount for a term is annualised; an open opportunity is of a customer who has ARR today.
    """
    found = []
    for row in key.opportunities:
        if row["is_deleted"] or row["type"] == "Renewal" or not row["amount"]:
            continue
        customer = str(row["account_id"])
        customer = key.accounts[customer].master or customer
        close, team, state, cents = entered(row)
        before = LAST_MONTH if state == "open" or close > LAST_MONTH else close - 1
        if cents > 0 and customer in key.arr and key.at(customer, before) > 0:
            found.append((customer, close, team, state, cents))
    return found


def entered(row: dict[str, object]) -> tuple[int, str, str, int]:
    """Closing month, team, state and cents of a year of an opportunity."""
    close = month_index(date.fromisoformat(str(row["close_date"])))
    state = "won" if row["is_won"] else "lost" if row["is_closed"] else "open"
    amount = Fraction(str(row["amount"])) * 12 / int(str(row.get("term_months_c") or 12))
    rate = PLAN_RATES.get(str(row.get("currency_iso_code") or ""), Fraction(1))
    cents = rounded(Fraction(rounded(amount * 100)) * rate)
    return close, TEAMS[str(row["sourced_by_c"])], state, cents


def new_business_by_state(key: Key) -> Rows:
    """Closing month, team and state of new business: opportunities and their ARR."""
    cells: dict[tuple[int, str, str], list[int]] = defaultdict(lambda: [0, 0])
    for row in key.opportunities:
        if row["type"] == "New Business" and row["amount"] and not row["is_deleted"]:
            *where, cents = entered(row)
            cells[tuple(where)][0] += 1
            cells[tuple(where)][1] += cents
    return [(*where, *cells[where]) for where in sorted(cells)]


def opportunities_by_state(key: Key) -> Rows:
    """Closing month, segment as known today, team and state: opportunities and their ARR."""
    cells: dict[tuple[int, str, str, str], list[int]] = defaultdict(lambda: [0, 0])
    for customer, close, team, state, cents in expansions(key):
        cell = cells[close, key.attribute(customer, LAST_MONTH, "segment"), team, state]
        cell[0] += 1
        cell[1] += cents
    return [(*where, *cells[where]) for where in sorted(cells)]


def pipeline_ahead(key: Key) -> Rows:
    """Month ahead and segment a year before it: what is to close by then of customers of then."""
    cells: dict[tuple[int, str, str], list[int]] = defaultdict(lambda: [0, 0])
    for customer, close, _, state, cents in expansions(key):
        for month in range(max(close, LAST_MONTH + 1), LAST_MONTH + MONTHS_AHEAD + 1):
            if state == "open" and key.at(customer, month - MONTHS_AHEAD) > 0:
                for cut in key.cuts(customer, month - MONTHS_AHEAD):
                    cells[month, *cut][0] += 1
                    cells[month, *cut][1] += cents
    return [(*where, *cells[where]) for where in sorted(cells)]

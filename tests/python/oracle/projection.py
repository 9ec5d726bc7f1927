"""What is known of the year ahead, without a chance: what is left, up, given notice and signed."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

from oracle.balances import Balances
from oracle.lines import FOREVER, Line, Rates
from oracle.months import last_day, month_of, rounded
from oracle.policy import Policy
from oracle.renewals import cents_today, later
from oracle.segments import Segments

MEASURES = ("customers", "base", "now", "kept", "up", "notice", "shrinks", "steps", "grows")
SUMS = (*MEASURES, "best_gross", "best_net")
Key = tuple[int, str, str]


def projection_of(
    lines: list[Line], balances: Balances, rates: Rates, segments: Segments, policy: Policy
) -> dict[Key, dict[str, int]]:
    """By months ahead and segment at the base month, in cents."""
    sums: dict[Key, dict[str, int]] = defaultdict(lambda: dict.fromkeys(SUMS, 0))
    if not balances.months:
        return sums
    counted = [line for line in lines if line.exclusion is None]
    today = policy.last_month
    terms, changes = _terms(counted, rates, policy), _changes(counted, rates, policy)
    for name, account in balances.accounts.items():
        for horizon in range(1, 13):
            base_month, target = today + horizon - 12, today + horizon
            if base_month < balances.months.start or account.arr(base_month, today) <= 0:
                continue
            held = max(account.arr(today), 0)
            row = _ahead(account.arr(base_month, today), held, terms[name], changes[name], target)
            for segment in segments.of(name, base_month):
                total = sums[(horizon, *segment)]
                for measure in SUMS:
                    total[measure] += row[measure]
    return sums


def _ahead(base: int, now: int, terms: list, changes: list, target: int) -> dict[str, int]:
    ending = [(cents, noticed) for end, cents, noticed in terms if end <= target]
    begun = [(change, is_step) for month, change, is_step in changes if month <= target]
    row = {
        "customers": 1,
        "base": base,
        "now": now,
        "kept": min(base, now),
        "up": sum(cents for cents, _ in ending),
        "notice": sum(cents for cents, noticed in ending if noticed),
        "shrinks": sum(change for change, _ in begun if change < 0),
        "steps": sum(change for change, is_step in begun if change > 0 and is_step),
        "grows": sum(change for change, is_step in begun if change > 0 and not is_step),
    }
    best = max(now - row["notice"] + row["shrinks"], 0)
    row["best_gross"] = best if now <= base else rounded(base * best, now)
    row["best_net"] = best + row["steps"] + row["grows"]
    return row


def _terms(lines: list[Line], rates: Rates, policy: Policy) -> dict[str, list]:
    """By customer: month of the next end that is seen today, cents, whether notice was given."""
    groups: dict[tuple, list[Line]] = defaultdict(list)
    today = last_day(policy.last_month)
    for line in lines:
        if line.months > 1 and line.start <= today < line.end:
            end = _next_end(line, policy)
            groups[(line.customer_id, line.subscription_id, line.family, end)].append(line)
    found = defaultdict(list)
    for (customer, _, _, end), together in groups.items():
        cents = sum(cents_today(line, rates, policy) for line in together)
        noticed = any(line.notice and line.notice <= policy.as_of for line in together)
        if cents > 0 and end != FOREVER:
            found[customer].append((month_of(end), cents, noticed))
    return found


def _next_end(line: Line, policy: Policy) -> date:
    if line.end < line.stated_end:  # its replacement is signed
        seen = line.end
    elif line.notice is None or line.notice <= policy.as_of:
        seen = line.stated_end
    else:
        seen = FOREVER
    terms = 1
    while line.months.denominator == 1:
        end = later(line.start, int(line.months) * terms)
        if month_of(end) > policy.last_month:
            return min(seen, end)
        terms += 1
    return seen


def _changes(lines: list[Line], rates: Rates, policy: Policy) -> dict[str, list]:
    """By customer: month, cents added or taken, whether all of it is a contracted step."""
    groups: dict[tuple[str, str, date], list[Line]] = defaultdict(list)
    for line in lines:
        is_later = last_day(policy.last_month) < line.start
        if is_later and month_of(line.start) <= policy.last_month + 12:
            groups[(line.customer_id, line.family, line.start)].append(line)
    found: dict[str, list[tuple[int, int, Any]]] = defaultdict(list)
    for (customer, family, start), begun in groups.items():
        ended = [
            line
            for line in lines
            if (line.customer_id, line.family, line.end) == (customer, family, start)
        ]
        change = sum(cents_today(line, rates, policy) for line in begun)
        change -= sum(cents_today(line, rates, policy) for line in ended)
        found[customer].append((month_of(start), change, all(line.is_step for line in begun)))
    return found

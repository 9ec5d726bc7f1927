"""What is known of the year ahead, without a chance: what is left, up, given notice and signed."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

from oracle.balances import Balances
from oracle.lines import FOREVER, Line, Rates
from oracle.months import last_day, month_of
from oracle.policy import Policy
from oracle.renewals import cents_today, is_before_end_of_notice, later
from oracle.segments import Segments

MEASURES = ("customers", "base", "now", "kept", "up", "notice", "shrinks", "steps", "grows")
SUMS = (*MEASURES, "best_gross", "best_net")
Key = tuple[int, str, str]
Begun = tuple[str, str, date]  # customer, family, day


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
    ending = [found for end, *found in terms if end <= target]
    begun = [(change, is_step) for month, change, is_step in changes if month <= target]
    row = {
        "customers": 1,
        "base": base,
        "now": now,
        "kept": min(base, now),
        "up": sum(cents for cents, _ in ending),
        "notice": sum(lost for _, lost in ending),
        "shrinks": sum(change for change, _ in begun if change < 0),
        "steps": sum(change for change, is_step in begun if change > 0 and is_step),
        "grows": sum(change for change, is_step in begun if change > 0 and not is_step),
    }
    sure = now - row["notice"] + row["shrinks"] + row["steps"] + row["grows"]
    row["best_net"] = max(sure, 0)
    row["best_gross"] = min(row["best_net"], base)
    return row


def _terms(lines: list[Line], rates: Rates, policy: Policy) -> dict[str, list]:
    """By customer: month of an end that is seen today, cents up for the first time, those lost."""
    groups: dict[tuple, list[tuple[Line, bool]]] = defaultdict(list)
    today = last_day(policy.last_month)
    begun = _beginnings(lines, policy)
    for line in lines:
        is_there = line.end > today or _is_in_grace(line) or _is_taken_up(line, begun)
        is_near = month_of(line.start) <= policy.last_month + 12
        if line.months > 1 and is_near and is_there:
            place = (line.customer_id, line.subscription_id, line.family)
            for count, end in enumerate(_next_ends(line, policy)):
                groups[(*place, end)].append((line, count == 0 and line.start <= today))
    found = defaultdict(list)
    with_charge = {
        (line.customer_id, _seen_end(line, policy))
        for together in groups.values()
        for line, _ in together
        if line.native_cents > 0
    }
    for (customer, _, _, end), together in groups.items():
        cents = {line.line_id: cents_today(line, rates, policy) for line, _ in together}
        over = {
            line.line_id
            for line, _ in together
            if (customer, end) not in with_charge and _is_over(line, end, begun, policy)
        }
        given_up = {line.line_id for line, _ in together if _is_lost(line, end, begun, policy)}
        lost = given_up | over
        first = [
            line.line_id for line, is_first in together if is_first and line.line_id not in over
        ]
        # a charge and a discount of its amount that are both open leave nothing open
        is_decided = not sum(
            cents[line.line_id]
            for line, _ in together
            if line.line_id not in over and not _is_decided(line, end, begun, policy)
        )
        total = sum(cents.values())
        if (total > 0 or (total < 0 and is_decided)) and end != FOREVER:
            sums = [sum(cents[name] for name in names) for names in (first, lost)]
            found[customer].append((month_of(end), *sums))
    return found


def _is_lost(line: Line, end: date, begun: set[Begun], policy: Policy) -> bool:
    """Given notice, or over with nothing to follow and no grace days left."""
    if _goes_on(line, end, begun, policy):
        return False
    return _is_notice_known(line, policy) or (end <= policy.as_of and not _is_in_grace(line))


def _is_notice_known(line: Line, policy: Policy) -> bool:
    return line.notice is not None and line.notice <= policy.as_of


def _is_over(line: Line, end: date, begun: set[Begun], policy: Policy) -> bool:
    """A discount ends on the day it states, where no charge of the customer ends with it."""
    if line.native_cents >= 0 or end != _seen_end(line, policy):
        return False
    return not _is_notice_known(line, policy) and not _goes_on(line, end, begun, policy)


def _is_decided(line: Line, end: date, begun: set[Begun], policy: Policy) -> bool:
    """Lost, taken up by something signed, or over and gone on."""
    return _goes_on(line, end, begun, policy) or _is_lost(line, end, begun, policy)


def _goes_on(line: Line, end: date, begun: set[Begun], policy: Policy) -> bool:
    """Taken up by something signed, or over and gone on."""
    is_signed = line.end == end and _is_taken_up(line, begun)
    return is_signed or (end <= policy.as_of and line.end > end)


def _is_in_grace(line: Line) -> bool:
    return line.end < line.counted_until == FOREVER


def _followed_on(line: Line) -> date:
    """The day on which a follower takes the line up, if there is one."""
    return line.end if _is_in_grace(line) else line.counted_until


def _followed_in(line: Line) -> str:
    return line.replaced_in or line.family


def _is_taken_up(line: Line, begun: set[Begun]) -> bool:
    return (line.customer_id, _followed_in(line), _followed_on(line)) in begun


def _beginnings(lines: list[Line], policy: Policy) -> set[Begun]:
    """What is signed to begin within the year: customer, family and day."""
    today = last_day(policy.last_month)
    return {
        (line.customer_id, line.family, line.start)
        for line in lines
        if today < line.start and month_of(line.start) <= policy.last_month + 12
    }


def _seen_end(line: Line, policy: Policy) -> date:
    """The day on which a line is known to end."""
    is_over = line.end <= last_day(policy.last_month)
    if is_over or line.end < line.stated_end or line.end == line.superseded:
        return line.end  # its replacement is signed
    return line.stated_end if line.notice is None or line.notice <= policy.as_of else FOREVER


def _next_ends(line: Line, policy: Policy) -> list[date]:
    """The next end; and the one after it, if that is over and the line went on."""
    seen = _seen_end(line, policy)
    if line.end <= last_day(policy.last_month):
        return [seen]
    ends: list[date] = []
    terms = 1
    while line.months.denominator == 1 and len(ends) < 2:
        end = later(line.start, int(line.months) * terms)
        if month_of(end) > policy.last_month:
            is_passed = is_before_end_of_notice(line, end, policy)
            ends.append(seen if is_passed else min(seen, end))
        terms += 1
    if not ends:
        return [seen]
    return ends if ends[0] <= policy.as_of and ends[1] > ends[0] else ends[:1]


def _changes(lines: list[Line], rates: Rates, policy: Policy) -> dict[str, list]:
    """By customer: month, cents added or taken, whether all of it is a contracted step."""
    found: dict[str, list[tuple[int, int, Any]]] = defaultdict(list)
    for customer, family, start in _beginnings(lines, policy):
        of_customer = [line for line in lines if line.customer_id == customer]
        begun = [line for line in of_customer if (line.family, line.start) == (family, start)]
        change = sum(cents_today(line, rates, policy) for line in begun)
        change -= sum(
            cents_today(line, rates, policy)
            for line in of_customer
            if (_followed_in(line), _followed_on(line)) == (family, start)
        )
        found[customer].append((month_of(start), change, all(line.is_step for line in begun)))
    return found

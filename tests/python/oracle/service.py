"""Late renewals: how long a line counts after its end."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

from oracle.lines import FOREVER, Line
from oracle.policy import Policy


def extend_by_grace(lines: list[Line], policy: Policy) -> None:
    """Lines that ended where a gap of at most the grace days opens count on until it closes."""
    if policy.grace_days == 0:
        return
    families: dict[tuple[str, str], list[Line]] = {}
    for line in lines:
        if line.exclusion is None:
            families.setdefault((line.customer_id, line.family), []).append(line)
    stops: dict[str, dict[date, date]] = {}  # of a customer: first day without service, next with
    for (customer, _), of_family in families.items():
        for gap_from, gap_until in _stops(of_family):
            of_customer = stops.setdefault(customer, {})
            of_customer[gap_from] = min(gap_until, of_customer.get(gap_from, FOREVER))
            if _is_bridged(gap_from, gap_until, policy):
                _count_on(of_family, gap_from, gap_until)
    for (customer, _), of_family in families.items():
        if all(line.is_discount for line in of_family):
            for gap_from, gap_until in stops.get(customer, {}).items():
                if _is_bridged(gap_from, gap_until, policy):
                    _count_on(of_family, gap_from, gap_until)


def _count_on(lines: list[Line], gap_from: date, gap_until: date) -> None:
    for line in lines:
        is_over = line.is_replaced or (gap_until == FOREVER and line.has_notice)
        if line.end == gap_from and not is_over:
            line.counted_until = gap_until


def coverage(lines: list[Line]) -> list[tuple[date, date]]:
    """Stretches of days in which the family is served; a discount is no service."""
    covered: list[tuple[date, date]] = []
    for start, end in sorted((line.start, line.end) for line in lines if not line.is_discount):
        if covered and start <= covered[-1][1]:
            covered[-1] = (covered[-1][0], max(covered[-1][1], end))
        else:
            covered.append((start, end))
    return covered


def _stops(lines: list[Line]) -> list[tuple[date, date]]:
    """Days on which service stops and comes back; FOREVER where a renewal may still come.

    After notice none is expected; what another line replaced has stopped for good.
    """
    covered = coverage(lines)
    stops = [(ended, start) for (_, ended), (start, _) in pairwise(covered)]
    if covered:
        last = covered[-1][1]
        if not all(charge.has_notice for charge in _ended(lines, last)):
            stops.append((last, FOREVER))
    return [stop for stop in stops if _ended(lines, stop[0])]


def _ended(lines: list[Line], day: date) -> list[Line]:
    """Charges that ended on a day and were not replaced."""
    return [
        line for line in lines if line.end == day and not line.is_discount and not line.is_replaced
    ]


def _is_bridged(gap_from: date, gap_until: date, policy: Policy) -> bool:
    if gap_until == FOREVER:
        return gap_from <= policy.as_of < gap_from + timedelta(days=policy.grace_days)
    return (gap_until - gap_from).days <= policy.grace_days

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
    for of_family in families.values():
        for gap_from, gap_until in _gaps(of_family, policy):
            for line in of_family:
                if line.end == gap_from and not (gap_until == FOREVER and line.has_notice):
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


def _gaps(lines: list[Line], policy: Policy) -> list[tuple[date, date]]:
    """Gaps to bridge; FOREVER closes the one in which a late renewal may still come."""
    covered = coverage(lines)
    gaps = [
        (ended, start)
        for (_, ended), (start, _) in pairwise(covered)
        if (start - ended).days <= policy.grace_days
    ]
    if covered:
        last = covered[-1][1]
        if last <= policy.as_of < last + timedelta(days=policy.grace_days):
            gaps.append((last, FOREVER))
    return gaps

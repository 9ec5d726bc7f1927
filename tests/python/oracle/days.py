"""The days on which a book moves."""

from __future__ import annotations

from datetime import date, timedelta

from oracle.months import first_day, last_day
from oracle.picks import Picks
from oracle.policy import Policy

MONTHS_BACK = 28  # far enough for a window of 24 months and its base
LEAP_DAY = date(2024, 2, 29)


def days_of_a_book(picks: Picks, policy: Policy) -> list[date]:
    """Three to seven days in order; some around the day of the run, some at the ends of months."""
    days = {_day(picks, policy) for _ in range(3 + picks.below(4))}
    around = picks.below(10)
    if around >= 5:
        grace = policy.grace_days
        ago = [0, 1, max(grace - 1, 0), grace, grace + 1][around - 5]
        days.add(policy.as_of - timedelta(days=ago))
    if policy.history_start and picks.one_in(4):
        days.add(policy.history_start)
    return sorted(days)


def _day(picks: Picks, policy: Policy) -> date:
    month = policy.last_month - MONTHS_BACK + picks.below(MONTHS_BACK + 3)
    kind = picks.below(10)
    if kind <= 4:
        return first_day(month)
    if kind <= 6:
        return last_day(month)
    if kind == 7:
        return last_day(month) - timedelta(days=1)
    if kind == 8:
        return LEAP_DAY
    return first_day(month) + timedelta(days=1 + picks.below(27))

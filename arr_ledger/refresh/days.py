"""The day of a run: not after today, and not before the day of the release that is served.

A mistaken day publishes months that have not happened, and marks rows as missed on it.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from arr_ledger.refresh.variables import day_of, zone


def day_after_today(variables: dict[str, Any]) -> list[str]:
    """A sentence if the day of the run has not come yet in the reporting time zone."""
    day, its_zone = day_of(variables), zone(variables)
    today = datetime.now(its_zone).date()
    if day <= today:
        return []
    return [f"as_of_date {day} is after today, {today} in {its_zone.key}"]


def day_before_served(day: date, served: dict[str, Any]) -> list[str]:
    """A sentence if the day of the run is before that of the served release."""
    earlier = served.get("as_of_date")
    if earlier is None or date.fromisoformat(earlier) <= day:
        return []
    return [
        f"the day of this run, {day}, is before that of the served release, {earlier}; give"
        " as_of_date, set the clock, or roll back if the served day is the mistake"
    ]

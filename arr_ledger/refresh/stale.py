"""Extracts that stand still: an export that stopped leaves the same files, month after month.

What nothing new says of a month reads as a month without new business.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

# a month of nothing new; over a weekend every export may stand still
MOST_DAYS = 28


def unchanged_since(files: Mapping[str, str], served: Mapping[str, Any], day: date) -> dict:
    """By system: the day of the first of the releases in a row that had the same files of it."""
    before, since = served.get("files", {}), served.get("unchanged_since", {})
    return {
        system: (
            since.get(system, served["as_of_date"])
            if before and _of(system, files) == _of(system, before)
            else f"{day}"
        )
        for system in sorted({label.partition("/")[0] for label in files})
    }


def stale_extracts(
    since: Mapping[str, str], served: Mapping[str, Any], day: date, billing: Sequence[str]
) -> list[str]:
    """A sentence if a month is added and no billing system has brought anything for that long."""
    if not served or _months(day) <= _months(date.fromisoformat(served["as_of_date"])):
        return []
    days = [date.fromisoformat(since[system]) for system in billing if system in since]
    if not days or day - max(days) < timedelta(days=MOST_DAYS):
        return []
    last = (day + timedelta(days=1)).replace(day=1) - timedelta(days=1)
    systems = " and ".join(billing)
    return [
        f"the files of {systems} are the same bytes as on {max(days)}, and {last:%Y-%m} would be"
        " published without anything new; check that the export runs"
    ]


def _of(system: str, files: Mapping[str, str]) -> dict[str, str]:
    return {label: sha256 for label, sha256 in files.items() if label.startswith(f"{system}/")}


def _months(day: date) -> int:
    """How many months are complete on this day."""
    after = day + timedelta(days=1)
    return after.year * 12 + after.month

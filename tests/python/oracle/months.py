"""Days, months and cents as a person counts them: integers, nothing else."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

CENTS_SCALE = 10_000  # term amounts and term months have four decimals
RATE_SCALE = 10**8  # rates have eight


def month_of(day: date) -> int:
    return day.year * 12 + day.month


def first_day(month: int) -> date:
    return date((month - 1) // 12, (month - 1) % 12 + 1, 1)


def last_day(month: int) -> date:
    return first_day(month + 1) - timedelta(days=1)


def as_day(value: Any) -> date | None:
    if value in (None, ""):
        return None
    return value if isinstance(value, date) else date.fromisoformat(str(value))


def as_text(value: Any) -> str | None:
    return None if value in (None, "") else str(value)


def as_flag(value: Any) -> bool:
    return value is True or str(value).lower() == "true"


def scaled(value: Any, scale: int) -> int:
    """A decimal as a whole number of its smallest parts; what does not fit is refused."""
    number = Decimal(str(value)) * scale
    assert number == int(number), f"{value} has more decimals than its column"
    return int(number)


def rounded(numerator: int, denominator: int) -> int:
    """Half away from zero; the denominator is above zero."""
    whole = (2 * abs(numerator) + denominator) // (2 * denominator)
    return whole if numerator >= 0 else -whole

"""Calendar and rounding arithmetic of the sample company: whole days, whole months, whole cents."""

import calendar
from datetime import date, timedelta
from fractions import Fraction

FIRST_DAY = date(2021, 7, 1)
AS_OF = date(2026, 6, 30)
TOMORROW = AS_OF + timedelta(days=1)


def add_months(day: date, months: int) -> date:
    """The same day of the month, months later; the last day where that month is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def add_days(day: date, days: int) -> date:
    """The day so many days later."""
    return day + timedelta(days=days)


def month_index(day: date) -> int:
    """Months counted from year 0: year x 12 + month."""
    return day.year * 12 + day.month


def month_start(index: int) -> date:
    """First day of a month index."""
    year, month = divmod(index - 1, 12)
    return date(year, month + 1, 1)


def month_end(index: int) -> date:
    """Last day of a month index."""
    return month_start(index + 1) - timedelta(days=1)


FIRST_MONTH = month_index(FIRST_DAY)
LAST_MONTH = month_index(AS_OF)


def rounded(amount: Fraction | int) -> int:
    """The whole number next to an exact amount, halves away from zero."""
    amount = Fraction(amount)
    size = (abs(amount) * 2 + 1) // 2
    return int(size) if amount >= 0 else -int(size)

"""When contracts are signed, and the year in which customers left and few grew.

Sellers close at the end of a quarter, most of all at the end of the year, so renewals fall there
too. In the bad year more customers leave or shrink and fewer grow; afterwards all is as before.
"""

import random
from datetime import date

from .days import add_days, month_end, month_index

BAD_YEAR = (date(2024, 1, 1), date(2025, 1, 1))
# of a hundred contracts for a year or longer: signed at the end of their quarter, or of their year
AT_QUARTER_END, AT_YEAR_END = 36, 16
LAST_DAYS = 14


def is_bad(day: date) -> bool:
    """Whether a day lies in the bad year."""
    return BAD_YEAR[0] <= day < BAD_YEAR[1]


def signing_day(rng: random.Random, day: date, latest: date) -> date:
    """The day, or one of the last of its quarter or year; the latest at most."""
    draw, back = rng.randrange(100), rng.randrange(LAST_DAYS)
    month = month_index(day)
    if draw < AT_YEAR_END:
        last = month + 12 - day.month
    elif draw < AT_YEAR_END + AT_QUARTER_END:
        last = month + -day.month % 3
    else:
        return day
    signed = max(day, add_days(month_end(last), -back))
    return signed if signed <= latest else day

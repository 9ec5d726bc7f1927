"""Which load brought a row of the acquired business: its extracts are landed once a month."""

import hashlib
from datetime import date

from .contracts import CustomLine
from .days import AS_OF


def load_id(table: str, day: date) -> str:
    """The load of the month of a day; the sample has no files to take it from."""
    return hashlib.sha256(f"custom_billing/{table} {day:%Y-%m}".encode()).hexdigest()[:16]


def line_load_id(line: CustomLine) -> str:
    """A line is first landed in the month in which it starts, or with the newest extract."""
    return load_id("subscription_lines", min(line.start, AS_OF))

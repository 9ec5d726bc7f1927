"""Which load brought a row of the acquired business: its extracts are landed once a month."""

import hashlib
from datetime import date

from .contracts import CustomCustomer, CustomLine
from .days import AS_OF

# What was learned late; closings.py undoes it for the months that were closed before.
LEARNED = {
    "L-0267": date(2025, 7, 1),  # entered two months after it began
    "L-0027": date(2026, 2, 1),  # its cancellation was entered late
    "L-0263": date(2026, 2, 1),  # its amount was corrected
    "RB-075": date(2025, 8, 1),  # turned out to be RB-077
    "GBP": date(2025, 7, 1),  # a new plan rate
}
GONE = {"L-9001": date(2026, 3, 1)}  # entered by mistake, taken out again


def load_id(table: str, day: date) -> str:
    """The load of the month of a day; the sample has no files to take it from."""
    return hashlib.sha256(f"custom_billing/{table} {day:%Y-%m}".encode()).hexdigest()[:16]


def line_load_id(line: CustomLine) -> str:
    """A line is first landed in the month in which it starts, or with the newest extract."""
    return load_id("subscription_lines", LEARNED.get(line.line_id, min(line.start, AS_OF)))


def customer_load_id(customer: CustomCustomer) -> str:
    return load_id("customers", LEARNED.get(customer.customer_id, customer.created))


def rate_load_id(currency: str, month_end: date | None) -> str:
    """A month-end rate comes with its month, a plan rate with the first extract or a later one."""
    first = LEARNED.get(currency, date(2021, 7, 1))
    return load_id("fx_rates", month_end or first)

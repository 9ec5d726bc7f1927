"""What looking after customers costs the sample company."""

from datetime import date

from .days import LAST_MONTH
from .files import Table, columns

FIRST_KNOWN = (2024, 1)
# role -> (currency, cost of a month in 2024, more in every later year)
COSTS = {
    "csm": ("USD", 64_000, 6_000),
    "am": ("USD", 71_000, 4_500),
    "professional_services": ("EUR", 38_000, 2_500),
    "support": ("GBP", 29_000, 1_500),
}
# a month that was never booked
MISSING = ("support", date(2025, 11, 1))


def post_sale_expenses_table() -> Table:
    """A row per month and role from the first month in which costs were booked by role."""
    table = Table(
        "custom_billing",
        "post_sale_expenses",
        "One row per month, role and currency of what looking after customers cost.",
        columns("""
        date: month
        string: role
        numeric(18,4): amount
        string: currency"""),
    )
    first = FIRST_KNOWN[0] * 12 + FIRST_KNOWN[1]
    for index in range(first, LAST_MONTH + 1):
        year, month = (index - 1) // 12, (index - 1) % 12 + 1
        for role, (currency, amount, more) in COSTS.items():
            if (role, date(year, month, 1)) != MISSING:
                table.add(
                    month=date(year, month, 1),
                    role=role,
                    amount=amount + more * (year - FIRST_KNOWN[0]),
                    currency=currency,
                )
    return table

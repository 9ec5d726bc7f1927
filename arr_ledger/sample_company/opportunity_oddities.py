"""Opportunities as people enter them: whole units, amounts of a term, empty ones, wrong ones."""

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

from .answer_key import Key
from .company import Company
from .days import AS_OF, LAST_MONTH, month_index
from .files import Table

OF_A_KIND = 2
MONTHS_OF_A_LONG_TERM = 24
SPRING = date(2026, 4, 14)
Row = dict[str, object]


def write_opportunity_oddities(company: Company, key: Key, opportunities: Table) -> None:
    """Change some won opportunities, and add some without a movement."""
    won = [row for row in opportunities.rows if row["is_won"] and not row["is_deleted"]]
    new = [row for row in won if row["type"] == "New Business"][::7]
    # alone in its month: of several the amounts are shares of one movement
    in_month = Counter((row["account_id"], str(row["close_date"])[:7]) for row in won)
    upsold = [
        row
        for row in won
        if row["type"] == "Upsell"
        and amount_of(row) % 1
        and str(row["close_date"]) < "2025"
        and in_month[row["account_id"], str(row["close_date"])[:7]] == 1
    ][::7]
    spring = range(month_index(SPRING) - 1, LAST_MONTH + 1)
    quiet = [
        row
        for row in upsold[2 * OF_A_KIND :]
        if not any((row["account_id"], month) in key.moves for month in spring)
    ]
    for row in new[:OF_A_KIND]:
        row["amount"] = amount_of(row) * 2
        row["term_months_c"] = MONTHS_OF_A_LONG_TERM
        note(company, "opportunity_of_a_term", row, "the amount covers two years")
    for row in upsold[:OF_A_KIND]:
        row["amount"] = Decimal(f"{round(amount_of(row))}.00")
        note(company, "opportunity_in_whole_units", row, f"entered as {row['amount']}")
    for row in upsold[OF_A_KIND : 2 * OF_A_KIND]:
        row["amount"] = amount_of(row) + 2500
        note(company, "opportunity_set_by_hand", row, "2,500.00 more than was sold")
    for row in quiet[:OF_A_KIND]:
        for changes in (
            {"amount": "", "close_date": SPRING},
            {"currency_iso_code": "CHF", "close_date": SPRING},
            {"close_date": AS_OF - timedelta(days=3)},
        ):
            added = row | changes
            added["id"] = f"0065f00000{len(opportunities.rows) + 1:05d}"
            added["has_opportunity_line_item"] = False
            opportunities.add(**added)
        note(company, "opportunity_without_use", row, "without amount, in Swiss francs, too late")


def amount_of(row: Row) -> Decimal:
    """Amount of an opportunity."""
    return Decimal(str(row["amount"]))


def note(company: Company, situation: str, row: Row, text: str) -> None:
    """Register a situation for the customer behind the account of an opportunity."""
    account_id = row["account_id"]
    for customer in [*company.stripe_customers, *company.custom_customers]:
        if customer.account_id == account_id:
            company.note(situation, customer, text)
            return
    raise LookupError(f"no billing customer is linked to {account_id}")

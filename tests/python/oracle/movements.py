"""The monthly bridge: what moved, by the order of the cases of the definition."""

from __future__ import annotations

from oracle.balances import Account, Balances
from oracle.lines import Line
from oracle.policy import Policy

TYPES = (
    "opening_balance",
    "new",
    "reactivation",
    "expansion",
    "contraction",
    "churn",
    "fx",
    "transfer",
)


def movement_type(
    before: int, after: int, month: int, first_month: int | None, policy: Policy
) -> str:
    """One type per account and month; below zero nothing is new, it only rises or falls."""
    if month == policy.history_month:
        return "opening_balance"
    if before <= 0 < after:
        return "new" if month == first_month else "reactivation"
    if before > 0 >= after:
        return "churn"
    return "expansion" if after > before else "contraction"


def movements_of(account: Account, policy: Policy) -> list[dict]:
    """Rows in the order in which they happen within a month: fx, transfer, then the contract."""
    rows = []
    first_month = account.first_month()
    for month in account.book.months:
        before, after = account.arr(month - 1), account.arr(month)
        fx, transfer = fx_change(account, month), transfer_change(account, month)
        contract = after - before - fx - transfer
        kind = movement_type(before + fx + transfer, after, month, first_month, policy)
        for name, change in (("fx", fx), ("transfer", transfer), (kind, contract)):
            if change:
                rows.append(
                    {
                        "account_id": account.account_id,
                        "month": month,
                        "movement_type": name,
                        "beginning_arr": before,
                        "arr_change": change,
                        "ending_arr": before + change,
                    }
                )
                before += change
    return rows


def fx_change(account: Account, month: int) -> int:
    """What was held a month ago, at the rate of this month instead of that one."""
    return account.arr(month - 1, month) - account.arr(month - 1)


def transfer_change(account: Account, month: int) -> int:
    """What was held a month ago by others and is this account's now, less what went the other way.

    A line that ends in this month moves first and ends with its new holder.
    """
    book = account.book
    moved = 0
    for line, before, now in handed_over(book, month):
        if before != now and account.account_id in (before, now):
            cents = book.rates.cents(line, month)
            moved += cents if now == account.account_id else -cents
    return moved


def handed_over(book: Balances, month: int) -> list[tuple[Line, str, str]]:
    """Lines held at the end of the month before whose account is another one now."""
    if month not in book.handed_over:
        found = []
        for account in list(book.accounts.values()):
            for line in account.lines.get(month - 1, ()):
                now = book.owner(line, month)
                if now != account.account_id:
                    found.append((line, account.account_id, now))
        book.handed_over[month] = found
    return book.handed_over[month]

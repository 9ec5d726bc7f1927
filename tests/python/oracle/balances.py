"""What every account holds at the end of every month, month by month and line by line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from oracle.lines import Line, Rates
from oracle.months import last_day, month_of
from oracle.policy import Policy

Owner = Callable[[Line, int], str]


@dataclass
class Account:
    """A customer, or an ultimate parent with all its customers taken as one."""

    account_id: str
    book: Balances
    lines: dict[int, list[Line]] = field(default_factory=dict)  # by month, in force at its end
    known: dict[tuple[int, int], int] = field(default_factory=dict)

    def arr(self, month: int, rate_month: int | None = None) -> int:
        """Cents at the end of the month, at the rates of that month or of another one."""
        constant = self.book.rates.are_constant
        key = (month, month if constant or rate_month is None else rate_month)
        if key not in self.known:
            held = self.lines.get(month, ())
            self.known[key] = sum(self.book.rates.cents(line, key[1]) for line in held)
        return self.known[key]

    def first_month(self) -> int | None:
        """First month with ARR above zero over the whole history."""
        return next((month for month in self.book.months if self.arr(month) > 0), None)


@dataclass
class Balances:
    """All accounts of one grain over the same months."""

    months: range
    rates: Rates
    owner: Owner
    accounts: dict[str, Account] = field(default_factory=dict)
    handed_over: dict[int, list] = field(default_factory=dict)  # by month, once asked for

    def account(self, account_id: str) -> Account:
        if account_id not in self.accounts:
            self.accounts[account_id] = Account(account_id, self)
        return self.accounts[account_id]


def months_of(lines: list[Line], policy: Policy) -> range:
    """Every published month from the first in which a line counts, or from where history begins."""
    until = policy.last_month + 1
    first = min((month for line in lines for month in months_in_force(line, policy)), default=until)
    if policy.history_month is not None and first < until:
        first = policy.history_month
    return range(first, until)


def months_in_force(line: Line, policy: Policy) -> list[int]:
    """Published months at whose last day the line counts; none before the history begins."""
    if line.exclusion is not None:
        return []
    first = max(month_of(line.start), policy.history_month or 0)
    months = range(first, policy.last_month + 1)
    return [month for month in months if line.start <= last_day(month) < line.counted_until]


def balances_of(
    lines: list[Line], months: range, policy: Policy, rates: Rates, owner: Owner
) -> Balances:
    """A line that is handed over in the month it ends makes an account of its last holder too."""
    balances = Balances(months, rates, owner)
    for line in lines:
        held = months_in_force(line, policy)
        for month in held:
            account = balances.account(owner(line, month))
            account.lines.setdefault(month, []).append(line)
        if held and held[-1] < policy.last_month:
            balances.account(owner(line, held[-1] + 1))
    return balances

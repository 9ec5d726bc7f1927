"""The answers to a book, table by table, each keyed as its mart is."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any

from oracle.balances import Balances, balances_of, months_in_force, months_of
from oracle.bridge import bridge_of, rates_of
from oracle.cohorts import average_of, cohorts_of
from oracle.drivers import drivers_of
from oracle.identity import Identities, assign_customers
from oracle.lines import FOREVER, Line, Rates, read_lines
from oracle.movements import movements_of
from oracle.policy import Policy
from oracle.projection import projection_of
from oracle.renewals import renewals_of
from oracle.retention import retention_of
from oracle.segments import Segments
from oracle.service import extend_by_grace

Answers = dict[str, dict[tuple, dict[str, Any]]]


class Reading:
    """A book read under a policy: its lines, and who holds what at every month end."""

    def __init__(self, book: Mapping[str, list], policy: Policy) -> None:
        self.policy = policy
        self.identities = Identities(book)
        self.lines = read_lines(book, policy)
        assign_customers(self.lines, self.identities, policy)
        extend_by_grace(self.lines, policy)
        self.rates = Rates(book, policy)
        self.segments = Segments(self.identities, policy)
        self.months = months_of(self.lines, policy)
        self.customers = self._balances(self._customer)
        self.parents = self._balances(self._parent)

    def _month(self, month: int) -> int | None:
        """None where today's hierarchy speaks for all months."""
        return month if self.policy.hierarchy_mode == "as_was" else None

    def _customer(self, line: Line, month: int) -> str:
        if self._month(month) is None:
            return line.customer_id
        return self.identities.survivor(line.holder_in(month), month)

    def _parent(self, line: Line, month: int) -> str:
        return self.identities.parent(self._customer(line, month), self._month(month))

    def _balances(self, owner: Any) -> Balances:
        return balances_of(self.lines, self.months, self.policy, self.rates, owner)


def ledger_of(book: Mapping[str, list], policy: Policy) -> Answers:
    """table -> key -> columns. Months are numbers (year x 12 + month), money is whole cents."""
    return answers_of(Reading(book, policy))


def answers_of(reading: Reading) -> Answers:
    policy = reading.policy
    customers, parents, segments = reading.customers, reading.parents, reading.segments
    movements = _each(customers, movements_of, policy)
    bridge = bridge_of(movements, customers, segments)
    cohorts = cohorts_of(customers, segments)
    drivers = _each(customers, drivers_of, policy)
    return {
        "customer_spans": _balances(customers),
        "customer_arr": _balances(customers),
        "product_arr": _products(customers),
        "movements": _keyed(movements, ("account_id", "month", "movement_type")),
        "parent_movements": _keyed(
            _each(parents, movements_of, policy), ("account_id", "month", "movement_type")
        ),
        "drivers": _keyed(drivers, ("account_id", "product_id", "month", "driver")),
        "bridge": bridge,
        "rates": rates_of(bridge),
        "retention": retention_of(customers, segments, policy),
        "parent_retention": retention_of(parents, segments, policy),
        "cohorts": cohorts,
        "cohort_average": average_of(cohorts),
        "lines": {(line.line_id,): _line(line, policy) for line in reading.lines},
        "fates": _fates(reading.lines),
        "renewals": _renewals(reading),
        "projection": projection_of(reading.lines, customers, reading.rates, segments, policy),
    }


def _each(balances: Balances, rows_of: Any, policy: Policy) -> list[dict]:
    accounts = balances.accounts.values()
    return [row for account in accounts for row in rows_of(account, policy)]


def _keyed(rows: list[dict], key: tuple[str, ...]) -> dict[tuple, dict]:
    keyed: dict[tuple, dict] = {}
    for row in rows:
        name = tuple(row[part] for part in key)
        assert name not in keyed, f"two rows for {name}"
        keyed[name] = {column: value for column, value in row.items() if column not in key}
    return keyed


def _balances(balances: Balances) -> dict[tuple, dict]:
    """ARR by customer and month; a month with nothing has no key."""
    return {
        (account_id, month): {"arr": account.arr(month)}
        for account_id, account in balances.accounts.items()
        for month in balances.months
        if account.arr(month)
    }


def _products(balances: Balances) -> dict[tuple, dict]:
    sums: dict[tuple, int] = defaultdict(int)
    for account_id, account in balances.accounts.items():
        for month in balances.months:
            for line in account.lines.get(month, ()):
                key = (account_id, line.product_id, line.currency, month)
                sums[key] += balances.rates.cents(line, month)
    return {key: {"arr": cents} for key, cents in sums.items() if cents}


def _line(line: Line, policy: Policy) -> dict:
    """A line that covers no published month end has no counted row, and nothing else to say."""
    row = {"customer_id": line.customer_id, "fate": line.exclusion or "counted"}
    if months_in_force(line, policy):
        row["counted_until"] = line.counted_until
        row["in_grace"] = line.counted_until == FOREVER and line.end != FOREVER
    return row


def _renewals(reading: Reading) -> dict[tuple, dict]:
    found = renewals_of(reading.lines, reading.rates, reading.policy)
    return {
        (subscription.removeprefix("line "), customer, family, day): row
        for (subscription, customer, family, day), row in found.items()
    }


def _fates(lines: list[Line]) -> dict[tuple, dict]:
    counted = Counter(line.exclusion or "counted" for line in lines)
    return {(fate,): {"line_count": count} for fate, count in counted.items()}

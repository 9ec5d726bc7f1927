"""Every row of a run against the oracle, both ways, to the cent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from ledger_harness import LedgerRun

from oracle.ledger import Answers
from oracle.policy import Policy
from oracle.tables import TABLES

READ = sorted({model for table in TABLES.values() for model in table.models})
CLOSE_ENOUGH = 1e-12  # a ratio is one division of two doubles


@dataclass(frozen=True)
class Difference:
    table: str
    key: tuple
    column: str
    oracle: Any
    ledger: Any

    def __str__(self) -> str:
        key = ", ".join(map(str, self.key))
        return f"{self.table} [{key}] {self.column}: oracle {self.oracle}, ledger {self.ledger}"


@dataclass
class Comparison:
    """How many cells were compared, and where they differ."""

    cells: int
    differences: list[Difference]


def compare(
    run: LedgerRun, answers: Answers, policy: Policy, only: Iterable[str] = ()
) -> Comparison:
    """A row that is not there counts as one of zeros and nulls: nothing hides by being left out."""
    cells, differences = 0, []
    for name, table in TABLES.items():
        if only and name not in only:
            continue
        expected, found = answers[name], table.read(run, policy)
        for key in expected.keys() | found.keys():
            left, right = expected.get(key, {}), found.get(key, {})
            cells += len(table.columns)
            differences += [
                Difference(name, key, column, left.get(column), right.get(column))
                for column in table.columns
                if not same(left.get(column), right.get(column))
            ]
    return Comparison(cells, sorted(differences, key=str))


def same(oracle: Any, ledger: Any) -> bool:
    if isinstance(oracle, Fraction) or isinstance(ledger, float):
        if oracle is None or ledger is None:
            return oracle is ledger
        return abs(float(oracle) - ledger) <= CLOSE_ENOUGH * max(1.0, abs(ledger))
    return (oracle or 0) == (ledger or 0)

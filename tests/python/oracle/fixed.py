"""A fixed set of books with their answers, to see whether SQL still agrees."""

from __future__ import annotations

from dataclasses import dataclass

from ledger_harness import LedgerRun

from oracle.books import Book
from oracle.compare import Difference, compare
from oracle.ledger import Answers, ledger_of
from oracle.merging import merged
from oracle.policies import POLICIES
from oracle.policy import Policy
from oracle.prove import seeded_books

FIXED_SEED = 2026


@dataclass(frozen=True)
class FixedBooks:
    """Many books in one: run `book` under `policy.variables()`, then ask for the differences."""

    policy: Policy
    book: Book
    answers: Answers

    def differences(self, run: LedgerRun) -> list[Difference]:
        return compare(run, self.answers, self.policy).differences


def fixed_books(count: int = 200, policy: str = "as it ships") -> FixedBooks:
    """The same books every time, and what the oracle says of them."""
    rules = POLICIES[policy]
    made = seeded_books(policy, rules, FIXED_SEED, 0, count)
    book = merged({f"b{place}": book for place, (_, _, book) in enumerate(made)})
    return FixedBooks(rules, book, ledger_of(book, rules))

"""The project's own data tests over random books: a test that refuses one of them is wrong.

python -m oracle.data_tests [--books 2000] [--seed N] [--tiny 10]

Books of one policy are merged into one company and built with every data test, once of all shapes
and once of companies that only lose; tiny books (one customer, one line) are built each alone. A
test that fails is named with the smallest part of the books over which it still fails.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from ledger_harness import Ledger

from oracle.books import Book, book_of
from oracle.merging import merged
from oracle.picks import Picks
from oracle.policies import POLICIES
from oracle.policy import Policy

TOGETHER = 300  # books in one run


@dataclass
class Tested:
    """What was built and tested so far, and what failed where."""

    books: int = 0
    runs: int = 0
    tests: int = 0
    failures: list[str] = field(default_factory=list)


def shaped_books(name: str, policy: Policy, seed: int, shape: str, count: int) -> Iterator[Book]:
    for number in range(count):
        yield book_of(Picks.of_seed((name, seed, shape, number)), policy, shape)


def failing_tests(ledger: Ledger, books: list[Book]) -> dict[str, int]:
    """Failing data tests over these books as one company, each with its number of failures."""
    together = merged({f"b{place}": book for place, book in enumerate(books)})
    return ledger.run(together).failing_tests()


def smallest_part(ledger: Ledger, books: list[Book], test: str) -> list[Book]:
    """Halves the books while the test still fails over one half."""
    while len(books) > 1:
        middle = len(books) // 2
        for half in (books[:middle], books[middle:]):
            if test in failing_tests(ledger, half):
                books = half
                break
        else:
            return books
    return books


def test_books(name: str, seed: int, count: int, tiny: int, tested: Tested) -> None:
    """Books of one policy: most of any shape, a fourth without growth, some tiny and alone."""
    policy = POLICIES[name]
    ledger = Ledger(policy.variables(), with_tests=True)
    tested.tests = len(ledger.project.tests)
    losses = count // 4
    parts = [("any", count - losses, TOGETHER), ("losses", losses, TOGETHER), ("tiny", tiny, 1)]
    for shape, wanted, together in parts:
        books = list(shaped_books(name, policy, seed, shape, wanted))
        for start in range(0, wanted, together):
            part = books[start : start + together]
            failing = failing_tests(ledger, part)
            tested.books += len(part)
            tested.runs += 1
            for test, failures in failing.items():
                smallest = smallest_part(ledger, part, test)
                told = {table: rows for table, rows in smallest[0].items() if table != "fx_rates"}
                tested.failures.append(test)
                print(
                    f"{test}: {failures} rows under {name!r}, seed {seed}, {shape} books from"
                    f" {start} on; {len(smallest)} of them are enough, the first is {told}",
                    flush=True,
                )


# pytest must not take it for a test of its own
test_books.__test__ = False


def main() -> int:
    parser = argparse.ArgumentParser(prog="oracle.data_tests", description=__doc__)
    parser.add_argument("--books", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--tiny", type=int, default=4, help="books built alone, of each policy")
    parser.add_argument("--policy", choices=POLICIES, action="append")
    asked = parser.parse_args()
    print(f"seed {asked.seed}: --seed {asked.seed} makes the same books again", flush=True)
    tested, started = Tested(), time.monotonic()
    policies = asked.policy or list(POLICIES)
    for name in policies:
        test_books(name, asked.seed, asked.books // len(policies), asked.tiny, tested)
        print(
            f"{name}: {tested.books:,} books in {tested.runs} builds,"
            f" {len(tested.failures)} failures, {time.monotonic() - started:.0f} s",
            flush=True,
        )
    print(
        f"{tested.books:,} random books, each of {tested.tests} data tests over all of them:"
        f" {len(set(tested.failures))} fail {sorted(set(tested.failures))}"
    )
    return 1 if tested.failures else 0


if __name__ == "__main__":
    sys.exit(main())

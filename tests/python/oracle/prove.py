"""Runs many books against the oracle and tells what was compared."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ledger_harness import Ledger

from oracle.books import Book, book_of
from oracle.compare import READ, Difference, compare
from oracle.ledger import Reading, answers_of
from oracle.merging import merged
from oracle.picks import Picks
from oracle.policies import POLICIES
from oracle.policy import Policy
from oracle.situations import situations_of

TOGETHER = 400  # books in one run: planning the SQL costs more than their rows


@dataclass
class Figures:
    """What a proof has seen so far; figures of two processes add up."""

    books: int = 0
    lines: int = 0
    cells: int = 0
    situations: Counter = field(default_factory=Counter)
    failures: list[Failure] = field(default_factory=list)

    def __add__(self, other: Figures) -> Figures:
        return Figures(
            self.books + other.books,
            self.lines + other.lines,
            self.cells + other.cells,
            self.situations + other.situations,
            self.failures + other.failures,
        )


@dataclass(frozen=True)
class Failure:
    """A book that differs, with the choices that made it."""

    policy: str
    seed: tuple[Any, ...]
    choices: tuple[int, ...]
    book: Book
    differences: tuple[str, ...]


def seeded_books(name: str, policy: Policy, seed: int, first: int, count: int) -> Iterator[tuple]:
    for number in range(first, first + count):
        picks = Picks.of_seed((name, seed, number))
        yield (seed, number), picks.chosen, book_of(picks, policy)


@functools.cache
def ledger_under(name: str) -> Ledger:
    """One per process and policy: what it compiled serves all parts."""
    return Ledger(POLICIES[name].variables(), only=READ)


def prove_numbers(name: str, seed: int, first: int, count: int) -> Figures:
    """So many books of a policy from a number on, in one run."""
    policy = POLICIES[name]
    made = list(seeded_books(name, policy, seed, first, count))
    return prove_together(ledger_under(name), name, policy, made)


def prove_together(ledger: Ledger, name: str, policy: Policy, made: list[tuple]) -> Figures:
    labelled = {f"b{place}": book for place, (_, _, book) in enumerate(made)}
    together = merged(labelled)
    reading = Reading(together, policy)
    answers = answers_of(reading)
    comparison = compare(ledger.run(together), answers, policy)
    failures = []
    if comparison.differences:
        failures = _blamed(ledger, name, policy, made, comparison.differences)
    return Figures(
        books=len(made),
        lines=len(reading.lines),
        cells=comparison.cells,
        situations=Counter(
            {name: len(found) for name, found in situations_of(reading, answers).items()}
        ),
        failures=failures,
    )


def differences_of(ledger: Ledger, book: Book, policy: Policy) -> list[Difference]:
    """Where the models differ from the oracle over one book alone."""
    return compare(ledger.run(book), answers_of(Reading(book, policy)), policy).differences


def _blamed(
    ledger: Ledger, name: str, policy: Policy, made: list[tuple], found: list[Difference]
) -> list[Failure]:
    """The books that differ alone; if none does, all of them with what was found together."""
    named = {str(part).split("/")[0] for each in found for part in each.key}
    suspects = [made[int(label[1:])] for label in named if label[1:].isdigit() and label[0] == "b"]
    failures = []
    for seed, choices, book in suspects or made:
        if differences := differences_of(ledger, book, policy):
            told = tuple(map(str, differences[:10]))
            failures.append(Failure(name, seed, tuple(choices), book, told))
    if not failures:
        whole = merged({f"b{place}": book for place, (_, _, book) in enumerate(made)})
        failures.append(Failure(name, made[0][0], (), whole, tuple(map(str, found[:10]))))
    return failures

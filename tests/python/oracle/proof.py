"""A proof over many books: the work cut into parts, done by several processes, told in figures."""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ledger_harness import compile_project

from oracle.policies import POLICIES
from oracle.prove import (
    TOGETHER,
    Failure,
    Figures,
    differences_of,
    ledger_under,
    prove_numbers,
)
from oracle.shrink import keep, shrunk
from oracle.situations import SITUATIONS
from tools.evidence import table

SHRUNK_AT_MOST = 3  # one defect makes many books differ


@dataclass
class Proof:
    seed: int
    started: float = field(default_factory=time.monotonic)
    figures: Figures = field(default_factory=Figures)

    def progress(self, books: int) -> str:
        seen = self.figures
        return (
            f"{seen.books:,} of {books:,} books, {seen.cells:,} comparisons,"
            f" {len(seen.failures)} books differ, {self.seconds:.0f} s "
        )

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.started

    def report(self) -> str:
        """Situations and the books that reached them, then the figures."""
        seen = self.figures
        rows = [f"{seen.situations[name]:>8,}  {name}" for name in SITUATIONS]
        told = [line for failure in seen.failures[:5] for line in _told(failure)]
        return "\n".join(
            [
                "   books  situation",
                *rows,
                *told,
                f"seed {self.seed}: {seen.books:,} books, {seen.lines:,} lines,"
                f" {len(self.reached())} of {len(SITUATIONS)} situations,"
                f" {seen.cells:,} comparisons, {len(seen.failures)} books differ,"
                f" {self.seconds:.0f} seconds",
            ]
        )

    def evidence(self) -> str:
        """The same for docs/evidence.md."""
        seen = self.figures
        figures = {
            "random books": seen.books,
            "subscription lines": seen.lines,
            "values compared, to the cent": seen.cells,
            "books that differ": len(seen.failures),
            "situations reached": f"{len(self.reached())} of {len(SITUATIONS)}",
            "sets of policy variables": len(POLICIES),
            "seed": str(self.seed),
            "seconds": round(self.seconds),
        }
        reached = {name: seen.situations[name] for name in SITUATIONS}
        return f"{table(figures)}\n\n{table(reached, 'situation, and books that reach it')}"

    def reached(self) -> list[str]:
        return [name for name in SITUATIONS if self.figures.situations[name]]

    def keep_failures(self) -> list[Path]:
        """Shrinks the first books that differ and keeps them with the tests."""
        kept = []
        for failure in self.figures.failures[:SHRUNK_AT_MOST]:
            policy = POLICIES[failure.policy]
            ledger = ledger_under(failure.policy)
            book = failure.book
            if failure.choices:
                smallest = shrunk(
                    policy,
                    failure.choices,
                    lambda book, ledger=ledger, policy=policy: bool(
                        differences_of(ledger, book, policy)
                    ),
                )
                book = smallest or book
            told = [str(each) for each in differences_of(ledger, book, policy)[:10]]
            kept.append(keep(failure.policy, book, told or failure.differences))
        return kept


def run_proof(
    books: int,
    seed: int,
    processes: int | None = None,
    tell: Callable[[Proof], None] = lambda _: None,
) -> Proof:
    """Books of every policy, as many of each; parts are done by so many processes."""
    for policy in POLICIES.values():
        compile_project(policy.variables())  # once, before the processes ask for it
    proof = Proof(seed)
    workers = processes or os.cpu_count() or 1
    with multiprocessing.get_context("spawn").Pool(workers) as pool:
        for figures in pool.imap_unordered(_part, _parts(books, seed)):
            proof.figures += figures
            tell(proof)
    return proof


def _parts(books: int, seed: int) -> Iterator[tuple[str, int, int, int]]:
    """(policy, seed, first number, how many), policies in turn."""
    size = min(TOGETHER, -(-books // len(POLICIES)))
    left, first = books, 0
    while left > 0:
        for name in POLICIES:
            count = min(size, left)
            left -= count
            if count:
                yield name, seed, first, count
        first += size


def _part(part: tuple[str, int, int, int]) -> Figures:
    return prove_numbers(*part)


def _told(failure: Failure) -> list[str]:
    head = f"{failure.policy}, book {failure.seed}:"
    return [head, *(f"    {difference}" for difference in failure.differences)]

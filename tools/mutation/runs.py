"""Tries mutants in a few processes, each with a sample company and books of its own."""

from __future__ import annotations

import multiprocessing
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor

from tools.mutation.books import Books
from tools.mutation.equivalents import read_equivalents
from tools.mutation.mutants import Mutant
from tools.mutation.project import Project, ProjectError, Relation
from tools.mutation.sample_company import SampleCompany
from tools.mutation.verdicts import Result, Verdict

Case = tuple[Relation, Mutant]


class Judge:
    """All stages, the cheapest first."""

    def __init__(self, project: Project, books: str = "all") -> None:
        self.company = SampleCompany(project)
        self.books = None if books == "none" else Books(few=books == "few")
        self.equivalent = read_equivalents().reasons

    def judge(self, relation: Relation, mutant: Mutant) -> Result | None:
        """None: the engine does not take the SQL, which is no test of anything."""
        if not self.company.is_sound(relation, mutant):
            return None
        verdict = self.company.judge(relation, mutant)
        # minutes of books tell nothing of a mistake that changes no row
        is_listed = (mutant.model, mutant.name) in self.equivalent
        if verdict.stage is None and self.books and not is_listed:
            in_books = self.books.judge(relation, mutant)
            is_changed = verdict.is_changed or in_books.is_changed
            verdict = Verdict(in_books.stage, in_books.by, is_changed)
        return Result(relation.file, mutant, verdict)

    def failing_before(self) -> list[str]:
        """The books are checked one by one, where they notice something."""
        return self.company.failing_before()


_JUDGE: Judge | None = None


def _start(project: Project, books: str) -> None:
    global _JUDGE
    _JUDGE = Judge(project, books)


def _try(case: Case) -> Result | None:
    assert _JUDGE is not None
    return _JUDGE.judge(*case)


def _unchanged() -> list[str]:
    assert _JUDGE is not None
    return _JUDGE.failing_before()


def run(
    project: Project, cases: Sequence[Case], processes: int = 2, books: str = "all"
) -> list[Result]:
    """Results in the order of the cases; refuses to begin while a test fails without a mutant."""
    started = time.monotonic()
    context = multiprocessing.get_context("spawn")
    results: list[Result] = []
    with ProcessPoolExecutor(processes, context, _start, (project, books)) as executor:
        if failing := executor.submit(_unchanged).result():
            raise ProjectError("fails without any mutant:\n" + "\n".join(failing))
        for number, result in enumerate(executor.map(_try, cases), start=1):
            if result is not None:
                results.append(result)
            _progress(number, len(cases), results, time.monotonic() - started)
    return results


def _progress(number: int, total: int, results: list[Result], seconds: float) -> None:
    if number % 10 and number != total:
        return
    alive = sum(1 for each in results if each.verdict.stage is None)
    print(f"{number} of {total} in {seconds:.0f} s, {alive} alive", file=sys.stderr, flush=True)

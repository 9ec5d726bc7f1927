"""A mutant in the books of the Python suite: random books with an oracle, golden books.

The tests are the functions that pytest runs. While a mutant is on, every Ledger of the harness
builds the changed model, whatever its variables.
"""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, partial

import duckdb
import pytest

from tools.mutation.mutants import Mutant, mutate, parse, render
from tools.mutation.project import ROOT, ProjectError, Relation
from tools.mutation.verdicts import Verdict, first_line, stopped_in_time

for folder in ("tests/python", "tests/golden"):
    if str(ROOT / folder) not in sys.path:
        sys.path.insert(0, str(ROOT / folder))

from golden_books import GoldenBook  # noqa: E402
from ledger_harness import Ledger  # noqa: E402
from ledger_harness.ledger import Relation as HarnessRelation  # noqa: E402
from oracle import FixedBooks  # noqa: E402


class Books:
    """Fixed random books and golden books, run for every mutant until one notices it."""

    def __init__(self, few: bool = False) -> None:
        """few: only the golden books that need no variables of their own, hence no compile."""
        from oracle import POLICIES, fixed_books
        from test_golden_books import BOOKS, test_the_marts_give_every_figure_of_the_book

        self._tests: list[tuple[str, str, Callable[[], None]]] = [
            ("oracle", policy, partial(_agree, fixed_books(policy=policy))) for policy in POLICIES
        ]
        self._tests += [
            ("golden book", book.name, partial(test_the_marts_give_every_figure_of_the_book, book))
            for book in BOOKS
            if not few or _variable_sets(book) == {"{}"}
        ]
        self._holds: set[str] = set()

    def judge(self, relation: Relation, mutant: Mutant) -> Verdict:
        """The first book that notices the mutant."""
        with _mutated(relation, mutant) as seen:
            noticed = next(
                ((each, by) for each in self._tests if (by := _failure(each[2]))),
                None,
            )
        if noticed is None:
            return Verdict(None, is_changed=seen.is_changed)
        (stage, name, test), by = noticed
        self._check_without_mutant(name, test)
        return Verdict(stage, f"{name}: {by}")

    def _check_without_mutant(self, name: str, test: Callable[[], None]) -> None:
        """A book that fails on the models as they are proves nothing."""
        if name not in self._holds:
            if by := _failure(test):
                raise ProjectError(f"{name} fails without any mutant: {by}")
            self._holds.add(name)


def _agree(books: FixedBooks) -> None:
    """Models and oracle give the same over books that are the same every time."""
    differences = books.differences(_ledger(json.dumps(books.policy.variables())).run(books.book))
    assert not differences, str(differences[0])


@cache
def _ledger(variables: str) -> Ledger:
    return Ledger(json.loads(variables))


def _failure(test: Callable[[], None]) -> str:
    try:
        test()
    except (Exception, pytest.fail.Exception) as error:
        return first_line(error)
    return ""


def _variable_sets(book: GoldenBook) -> set[str]:
    return {json.dumps(check.variables, sort_keys=True) for check in book.checks}


@dataclasses.dataclass
class _Seen:
    """Whether a book ever had other rows in the mutated model."""

    is_changed: bool = False


@contextmanager
def _mutated(relation: Relation, mutant: Mutant) -> Iterator[_Seen]:
    """Every Ledger builds the mutant in place of the model while this is open."""
    create, run = Ledger._create, Ledger.run
    seen = _Seen()
    touched: list[Ledger] = []

    def create_mutated(ledger: Ledger, each: HarnessRelation) -> None:
        changed = each
        if each.name == relation.model and each.kind == "model":
            sql = mutate(each.sql, mutant)
            changed = dataclasses.replace(each, sql=sql or each.sql)
        with stopped_in_time(ledger.connection):
            create(ledger, changed)
        if changed is not each and not seen.is_changed:
            seen.is_changed = _differs(ledger, each)

    def run_mutated(ledger: Ledger, book: dict) -> object:
        if ledger not in touched:
            touched.append(ledger)
            _rebuild_what_no_book_changes(ledger, relation.model)
        return run(ledger, book)

    Ledger._create, Ledger.run = create_mutated, run_mutated
    try:
        yield seen
    finally:
        Ledger._create, Ledger.run = create, run
        for ledger in touched:
            _rebuild_what_no_book_changes(ledger, relation.model)


def _rebuild_what_no_book_changes(ledger: Ledger, model: str) -> None:
    """A run leaves the calendar alone; it is built again with the mutant, and without it after."""
    mutated = next((each for each in ledger.relations if each.name == model), None)
    if mutated is None or mutated.follows_book:
        return
    name = f"{mutated.schema}.{mutated.name}"
    for each in ledger.relations:
        if each is mutated or (name in each.ancestors and not each.follows_book):
            ledger._create(each)


def _differs(ledger: Ledger, each: HarnessRelation) -> bool:
    content = "select count(*), sum(cast(hash(t) as hugeint)), any_value(typeof(t)) from"
    try:
        with stopped_in_time(ledger.connection):
            unchanged = ledger.connection.execute(
                f"{content} (\n{render(parse(each.sql))}\n) as t"
            ).fetchone()
            mutated = ledger.connection.execute(
                f"{content} {each.schema}.{each.name} as t"
            ).fetchone()
    except duckdb.Error:
        return True
    return unchanged != mutated

"""Shrinks a book that differs, with Hypothesis, and keeps it as a case."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.database import ExampleDatabase, choices_to_bytes

from oracle.books import Book, books
from oracle.policy import Policy

KEPT_CASES = Path(__file__).parent / "kept_cases"


class _OneExample(ExampleDatabase):
    """A database that knows one example, whatever the test.

    It stands among the secondary ones: what comes from the first corpus is not shrunk again.
    """

    def __init__(self, choices: Sequence[int]) -> None:
        super().__init__()
        self.example = choices_to_bytes(tuple(choices))

    def fetch(self, key: bytes) -> Iterable[bytes]:
        return [self.example] if key.endswith(b".secondary") else []

    def save(self, key: bytes, value: bytes) -> None:
        """Nothing is kept."""

    def delete(self, key: bytes, value: bytes) -> None:
        """Nothing is kept."""


def shrunk(policy: Policy, choices: Sequence[int], differs: Callable[[Book], bool]) -> Book | None:
    """The simplest book that Hypothesis finds from these choices on and that still differs."""
    smallest: list[Book] = []

    @settings(
        database=_OneExample(choices),
        phases=[Phase.reuse, Phase.shrink],
        deadline=None,
        derandomize=False,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    @given(books(policy))
    def stays_the_same(book: Book) -> None:
        if differs(book):
            smallest.append(book)
            raise AssertionError("it differs")

    try:
        stays_the_same()
    except AssertionError:
        return smallest[-1]
    return None


def keep(name: str, book: Book, told: Sequence[str], folder: Path = KEPT_CASES) -> Path:
    """Writes a case that is run again with every test; its name is a hash of what it holds."""
    text = json.dumps(
        {"policy": name, "found": list(told), "book": book}, indent=1, default=_written
    )
    path = folder / f"{hashlib.sha256(text.encode()).hexdigest()[:12]}.json"
    path.write_text(text + "\n")
    return path


def kept_cases() -> list[tuple[str, str, Book]]:
    """(name of the case, name of its policy, book), of every difference ever found."""
    cases = []
    for path in sorted(KEPT_CASES.glob("*.json")):
        case = json.loads(path.read_text())
        cases.append((path.stem, case["policy"], case["book"]))
    return cases


def _written(value: Any) -> str:
    assert isinstance(value, date | Decimal), type(value)
    return str(value)

"""Each of the forty statements of tests/invariants/README.md has a test, or says why not."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest

TESTS = Path(__file__).resolve().parents[1]
TABLE = TESTS / "invariants" / "README.md"
ROW = re.compile(r"^\| (\d+) \| (.+) \| (.+) \|$", re.MULTILINE)
NOT_REACHED = "not reached: "
# what waits for something that the project does not have yet
WAITING = {34, 38, 40}


def statements() -> dict[int, str]:
    """Number -> what its column of tests says."""
    return {int(number): tests for number, _, tests in ROW.findall(TABLE.read_text())}


@cache
def existing_tests() -> frozenset[str]:
    """Data tests by file, Python tests by function."""
    names = {path.stem for path in (TESTS / "invariants").glob("assert_*.sql")}
    for path in TESTS.rglob("test_*.py"):
        names |= set(re.findall(r"^def (test_\w+)\(", path.read_text(), re.MULTILINE))
    return frozenset(names)


def test_all_forty_statements_are_listed() -> None:
    assert list(statements()) == list(range(1, 41))


@pytest.mark.parametrize("number", range(1, 41))
def test_a_statement_has_tests_that_exist_or_says_why_not(number: int) -> None:
    tests = statements()[number]
    if tests.startswith(NOT_REACHED):
        assert number in WAITING
        return
    named = re.findall(r"`(\w+)`", tests)
    assert named, tests
    assert set(named) <= existing_tests()


def test_the_evidence_says_how_many_statements_are_held(evidence: Any) -> None:
    found = statements()
    waiting = [number for number, tests in found.items() if tests.startswith(NOT_REACHED)]
    evidence.note("statements with a named test, of 40", 40 - len(waiting))
    evidence.section("statements", summary(found))


def summary(found: dict[int, str]) -> str:
    """The section of the evidence."""
    waiting = {number: tests for number, tests in found.items() if tests.startswith(NOT_REACHED)}
    held = sum(len(re.findall(r"`(\w+)`", tests)) for tests in found.values())
    lines = [f"- {number}: {tests.removeprefix(NOT_REACHED)}" for number, tests in waiting.items()]
    return "\n".join(
        [
            f"{40 - len(waiting)} of 40 statements are held by named tests, {held} names in all:"
            " [tests/invariants](../tests/invariants/README.md#the-forty-statements) says which."
            " Not reached:",
            "",
            *lines,
        ]
    )

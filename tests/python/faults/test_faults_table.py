"""docs/faults.md lists every fault with tests that exist, or says why there is none."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from faults.landing_cases import ACCEPTED, PUT_ASIDE, REFUSED

PROJECT = Path(__file__).resolve().parents[3]
ROW = re.compile(r"^\| (\d+) \| (.+?) \| (.+) \|$", re.MULTILINE)
FAULTS = 140
LEAST_AUTOMATED = 60
NOT_AUTOMATED = "not automated: "
OF_CASES = {
    "test_a_bad_row_is_put_aside_with_its_reason_and_every_other_lands": PUT_ASIDE,
    "test_a_broken_file_is_refused_and_what_is_served_stays": REFUSED,
    "test_what_looks_odd_and_is_right_lands_whole": ACCEPTED,
}


def faults() -> dict[int, str]:
    """Number -> what happens, and the tests."""
    text = (PROJECT / "docs" / "faults.md").read_text(encoding="utf-8")
    return {int(number): rest for number, _, rest in ROW.findall(text)}


def named_for(number: int) -> list[str]:
    return re.findall(r"`(\w+)`", faults()[number].rpartition(" | ")[2])


@cache
def existing_tests() -> frozenset[str]:
    """Python tests by function, invariants and golden books by name, tests of models by name."""
    names = {path.stem for path in (PROJECT / "tests" / "invariants").glob("assert_*.sql")}
    names |= {path.name for path in (PROJECT / "tests" / "golden" / "books").iterdir()}
    for path in (PROJECT / "tests").rglob("test_*.py"):
        names |= set(re.findall(r"^def (test_\w+)\(", path.read_text("utf-8"), re.MULTILINE))
    for path in (PROJECT / "models").rglob("*.yml"):
        # the name of a test is a sentence, that of a column or model is not
        names |= set(re.findall(r"\bname: ((?:[a-z0-9]+_){4,}\w+)", path.read_text("utf-8")))
    return frozenset(names)


def test_all_faults_are_listed_in_order() -> None:
    assert list(faults()) == list(range(1, FAULTS + 1))


@pytest.mark.parametrize("number", range(1, FAULTS + 1))
def test_a_fault_has_tests_that_exist_or_says_why_not(number: int) -> None:
    if faults()[number].startswith(NOT_AUTOMATED):
        return
    assert named_for(number)
    assert [name for name in named_for(number) if name not in existing_tests()] == []


@pytest.mark.parametrize("test", OF_CASES)
def test_the_numbers_of_the_cases_are_those_of_the_table(test: str) -> None:
    listed = {number for number in faults() if test in named_for(number)}
    assert {case.number for case in OF_CASES[test]} == listed


def test_the_evidence_says_how_many_faults_are_automated(evidence: Any) -> None:
    left = [number for number, rest in faults().items() if rest.startswith(NOT_AUTOMATED)]
    assert len(faults()) - len(left) >= LEAST_AUTOMATED
    evidence.note(f"faults with a named test, of {FAULTS}", len(faults()) - len(left))

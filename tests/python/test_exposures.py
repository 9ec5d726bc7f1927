"""Every board has an exposure with the marts of its declaration that are on."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from jinja2 import Environment

from arr_ledger.board.declared import Board, boards

PROJECT = Path(__file__).resolve().parents[2]
DECLARED = yaml.safe_load((PROJECT / "vars.yml").read_text(encoding="utf-8"))["vars"]
WRITTEN = yaml.safe_load(
    (PROJECT / "models" / "exposures" / "boards.yml").read_text(encoding="utf-8")
)["exposures"]
SWITCH = re.compile(r"config\(enabled=is_on\('(\w+)'(?:, \[(.*?)\])?\)\)")
# modules that a board reads, and those that these need
MODULES = (
    *("crm", "books", "renewals", "forecast"),
    *("growth", "reconciliation", "restatements", "comparison"),
)
NEEDS = {"crm": ["crm_system"], "forecast": ["renewals"], "restatements": ["closings"]}
SYSTEMS = [
    {},
    {
        "billing_systems": ["custom_billing"],
        "crm_systems": [],
        "health_systems": [],
        "optional_extracts": [],
    },
]


def marts_of(board: Board) -> set[str]:
    return {
        mart
        for section in board.sections
        for mart in [
            *section.get("marts", []),
            *re.findall(r"\bmarts\.(\w+)", section.get("query", "")),
        ]
    }


def is_on(module: str, needs: list[str], variables: dict[str, Any]) -> bool:
    """What the macro is_on says, in Python."""
    given = variables["modules"].get(module)
    if given is False:
        return False
    has_input = {
        "crm_system": bool(variables["crm_systems"]),
        "invoices": "stripe" in variables["billing_systems"],
        "closings": "closings" in variables["optional_extracts"],
    }
    return all(
        given is True or has_input[need] if need in has_input else is_on(need, [], variables)
        for need in NEEDS.get(module, []) + needs
    )


@cache
def switches() -> dict[str, tuple[str, list[str]]]:
    """The module and the needs that the head of a mart names; core for a mart that is always on."""
    found = {}
    for path in (PROJECT / "models" / "marts").rglob("*.sql"):
        switch = SWITCH.search(path.read_text(encoding="utf-8"))
        needs = re.findall(r"\w+", switch[2] or "") if switch else []
        if not {"health_system", "post_sale_expenses"} & set(needs):
            found[path.stem] = (switch[1] if switch else "core", needs)
    return found


def marts_that_are_on(variables: dict[str, Any]) -> set[str]:
    return {mart for mart, (module, needs) in switches().items() if is_on(module, needs, variables)}


JINJA = Environment()
template = cache(JINJA.from_string)
expression = cache(JINJA.compile_expression)


def referenced(exposure: dict[str, Any], variables: dict[str, Any]) -> set[str]:
    """The marts of depends_on: dbt renders each text with the variables, then evaluates it."""
    found: set[str] = set()
    for text in exposure["depends_on"]:
        expression(template(text).render(var=variables.get))(ref=found.add)
    return found


def choices() -> Iterator[dict[str, Any]]:
    """Systems with every module as it comes, then each one or two of them switched."""
    for systems in SYSTEMS:
        yield DECLARED | systems
        for pair in itertools.combinations(MODULES, 2):
            for values in itertools.product([False, True], repeat=2):
                switches = dict(zip(pair, values, strict=True))
                yield DECLARED | systems | {"modules": switches}
        for module in (*MODULES, "quality"):
            yield DECLARED | systems | {"modules": {module: False}}


def test_every_board_has_an_exposure_of_its_title_and_question() -> None:
    assert [
        (each["name"], each["label"], each["description"], each["type"]) for each in WRITTEN
    ] == [(f"board_{each.name}", each.title, each.question, "dashboard") for each in boards()]
    assert all(each["owner"]["name"] for each in WRITTEN)


@pytest.mark.parametrize("board", boards(), ids=lambda board: board.name)
def test_an_exposure_has_the_marts_of_its_board_that_are_on(board: Board) -> None:
    (exposure,) = [each for each in WRITTEN if each["name"] == f"board_{board.name}"]
    tried = list(choices())
    assert len(tried) == 2 * (1 + 28 * 4 + 9)
    for variables in tried:
        expected = marts_of(board) & marts_that_are_on(variables)
        assert referenced(exposure, variables) == expected, variables


@pytest.mark.parametrize("exposure", WRITTEN, ids=lambda each: each["name"])
def test_a_host_that_sets_nothing_has_the_marts_of_the_defaults(exposure: dict[str, Any]) -> None:
    assert referenced(exposure, {}) == referenced(exposure, DECLARED)


def test_dbt_reads_the_exposures_as_they_are_meant(sample_database: Path) -> None:
    manifest = json.loads((sample_database.parent / "target" / "manifest.json").read_text())
    assert {
        each["name"]: {name.split(".")[-1] for name in each["depends_on"]["nodes"]}
        for each in manifest["exposures"].values()
    } == {f"board_{board.name}": marts_of(board) for board in boards()}

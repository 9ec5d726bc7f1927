"""Every book goes through custom_billing, and every figure is compared with its known answer."""

from __future__ import annotations

import json
from collections import Counter
from decimal import Decimal
from functools import cache
from typing import Any

import pytest
import yaml
from golden_books import Check, GoldenBook, golden_books
from golden_figures import COMPONENTS, FIGURES, MISTAKES, READ
from ledger_harness import PROJECT_FOLDER, Ledger, LedgerRun, ModelError
from ledger_harness.compiled_project import BASE_VARIABLES

BOOKS = golden_books()
DECLARED = yaml.safe_load((PROJECT_FOLDER / "vars.yml").read_text())["vars"]
# of a ledger under no variables
DEFAULTS = {**DECLARED, **BASE_VARIABLES}
DEFAULT_WINDOWS = DEFAULTS["retention_windows"]
OUTCOMES: Counter[str] = Counter()


@cache
def ledger_under(variables: str, tested_model: str | None) -> Ledger:
    if tested_model:
        return Ledger(json.loads(variables), only=[tested_model], with_tests=True)
    return Ledger(json.loads(variables), only=READ)


def run_of(book: GoldenBook, check: Check) -> LedgerRun:
    variables = {name: value for name, value in check.variables.items() if value != DEFAULTS[name]}
    if (months := months_of_window(check)) not in (None, *DEFAULT_WINDOWS):
        variables["retention_windows"] = [*DEFAULT_WINDOWS, months]
    ledger = ledger_under(json.dumps(variables, sort_keys=True), check.terms.get("model"))
    return ledger.run(book.tables(check.folder))


def months_of_window(check: Check) -> int | None:
    if check.figure not in {
        "ndr",
        "ndr_strict",
        "grr",
        "grr_strict",
        "grr_running_min",
        "logo_retention",
        "expansion_rate",
    }:
        return None
    (from_year, from_month), (to_year, to_month) = (
        map(int, check.terms[side].split("-")[:2]) for side in ("from", "to")
    )
    return (to_year - from_year) * 12 + to_month - from_month


def is_as_expected(got: Any, check: Check) -> bool:
    expected = check.terms["is"]
    if expected is None or isinstance(expected, bool | str):
        return got == expected and type(got) is type(expected)
    if got is None:
        return False
    exact = got if isinstance(got, Decimal | int) else Decimal(repr(got))
    return abs(exact - expected) <= check.terms["within"]


def assert_bridge_closes(run: LedgerRun, where: str) -> None:
    """In every segment and month, opening plus movements is closing, and opens where it closed."""
    closing: dict[tuple, Decimal] = {}
    marts = run.relation("rpt_arr_bridge_monthly")
    rows = run.query(f"select * from {marts} order by segment_type, segment_value, date_month")
    assert rows, f"{where}: the bridge has no rows"
    for row in rows:
        key = (row["segment_type"], row["segment_value"])
        moved = sum(row[f"{component}_arr"] for component in COMPONENTS)
        assert row["beginning_arr"] == closing.get(key, 0), (
            f"{where}: {row} does not open where {key} closed"
        )
        assert row["beginning_arr"] + moved == row["ending_arr"], f"{where}: {row} does not close"
        closing[key] = row["ending_arr"]


def assert_drivers_sum_to_movements(run: LedgerRun, where: str) -> None:
    apart = run.query(
        f"""
        with drivers as (
            select customer_id, date_month, sum(arr_change) as arr_change
            from {run.relation("fct_arr_movement_drivers")} group by customer_id, date_month
            having sum(arr_change) <> 0
        ), movements as (
            select customer_id, date_month, sum(arr_change) as arr_change
            from {run.relation("fct_arr_movements")} group by customer_id, date_month
            having sum(arr_change) <> 0
        )
        select * from drivers full join movements
            on
                drivers.customer_id = movements.customer_id
                and drivers.date_month = movements.date_month
        where drivers.arr_change is distinct from movements.arr_change
        """
    )
    assert not apart, f"{where}: drivers and movements differ: {apart}"


@pytest.mark.parametrize("book", BOOKS, ids=lambda book: book.name)
def test_the_marts_give_every_figure_of_the_book(book: GoldenBook) -> None:
    wrong, run, run_under = [], None, None
    for check in book.checks:
        if check.figure == "refusal":
            with pytest.raises(ModelError, match=check.terms["is"]):
                run_of(book, check)
            OUTCOMES["compared"] += 1
            continue
        model = check.terms.get("model")
        variables = json.dumps(check.variables, sort_keys=True)
        under = (check.folder, variables, months_of_window(check), model)
        if under != run_under:
            run, run_under = run_of(book, check), under
            if model is None:
                assert_bridge_closes(run, str(check))
                assert_drivers_sum_to_movements(run, str(check))
        got = FIGURES[check.figure](run, check.terms)
        if mistake := check.terms.get("mistake"):
            if is_as_expected(got, check):
                wrong.append(f"{check}: the marts make the mistake of {mistake}, {got}")
            got = MISTAKES[mistake](run, check.terms)
        if not is_as_expected(got, check):
            wrong.append(
                f"{check}: got {got}, expected {check.terms['is']}"
                f" within {check.terms.get('within')}"
            )
        OUTCOMES["compared"] += 1
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("book", BOOKS, ids=lambda book: book.name)
def test_every_check_names_a_figure_that_is_known(book: GoldenBook) -> None:
    assert book.checks, f"{book.name} checks nothing"
    for check in book.checks:
        known = {*FIGURES, "refusal"}
        assert check.figure in known, f"{check}: no such figure"
        assert check.terms.get("mistake") in (None, *MISTAKES), f"{check}: no such mistake"
        assert "is" in check.terms, f"{check}: no expected value"
    assert book.terms["status"] in {
        "published",
        "published_erratum",
        "constructed",
        "worked_by_hand",
    }
    assert book.terms["proves"].endswith("."), f"{book.name}: what it proves is a sentence"


def test_every_book_is_in_the_readme() -> None:
    readme = (BOOKS[0].folder.parents[1] / "README.md").read_text()
    assert [book.name for book in BOOKS if f"`{book.name}`" not in readme] == []


def test_all_books_are_there(evidence: Any) -> None:
    assert len([book for book in BOOKS if book.name < "100"]) == 30
    assert len([book for book in BOOKS if book.name > "100"]) >= 12
    evidence.note("golden books", len(BOOKS))
    evidence.note("published and hand-worked figures compared", OUTCOMES["compared"])

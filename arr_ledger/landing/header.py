"""Matches the columns a file has with the columns its table declares."""

import re
from difflib import get_close_matches

from arr_ledger.landing.declared import Table
from arr_ledger.landing.problems import LandingRefusedError, Problem

OTHER_SEPARATORS = {";": "a semicolon", "\t": "a tab", "|": "a vertical bar"}


def match_columns(label: str, table: Table, found: list[str], line: int | None) -> dict[str, int]:
    """Declared column -> its place in the file. Undeclared columns are no error."""
    places = {name.lower(): place for place, name in reversed(list(enumerate(found)))}
    matched = {
        column.name: places[column.name] for column in table.columns if column.name in places
    }
    if not matched:
        raise LandingRefusedError([_nothing_recognised(label, table, found, line)])
    problems = _nameless_or_repeated(label, found, line)
    spare = [name for name in found if name.lower() not in matched]
    for column in table.columns:
        if problems or column.name in matched:
            continue
        namesakes = [name for name in spare if _letters(name) == _letters(column.name)]
        if namesakes:
            what = f"column {namesakes[0]!r} is not called {column.name}"
            problems.append(Problem(label, what, "rename it", line, column.name))
        elif column.is_required:
            similar = get_close_matches(column.name, spare, n=3, cutoff=0.5)
            names = similar or spare or found
            wording = "similar columns found" if similar else "columns found"
            what = f"the required column is missing; {wording}: {', '.join(names)}"
            problems.append(Problem(label, what, "add or rename it", line, column.name))
    if problems:
        raise LandingRefusedError(problems)
    return matched


def undeclared_columns(table: Table, found: list[str]) -> list[str]:
    """The columns of a file that its table does not declare."""
    return [name for name in found if table.column(name.lower()) is None]


def _nameless_or_repeated(label: str, found: list[str], line: int | None) -> list[Problem]:
    problems = []
    seen: set[str] = set()
    for place, name in enumerate(found, start=1):
        if not name.strip():
            remedy = "name it in the header, or take it out if it is empty"
            problems.append(Problem(label, f"column {place} has no name", remedy, line))
        elif name.lower() in seen:
            what = "the header names this column twice"
            problems.append(Problem(label, what, "keep one of the two", line, name))
        seen.add(name.lower())
    return problems


def _nothing_recognised(label: str, table: Table, found: list[str], line: int | None) -> Problem:
    for separator, wording in OTHER_SEPARATORS.items():
        if any(table.column(name.strip().lower()) for name in ",".join(found).split(separator)):
            return Problem(
                label, f"columns are separated by {wording}", "separate them by commas", line
            )
    required = [column.name for column in table.columns if column.is_required]
    return Problem(
        label,
        "has no header with the declared column names",
        f"begin the file with a header; required are {', '.join(required)}",
        line,
    )


def _letters(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())

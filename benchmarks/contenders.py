"""The three plans that are measured against each other over one book."""

from __future__ import annotations

from pathlib import Path

from benchmarks.books import Book
from benchmarks.ledger import (
    PREPARATION,
    CompiledModel,
    counted_tables,
    ledger_steps,
)
from benchmarks.paths import SQL_FOLDER
from benchmarks.plans import Plan, Step

CONTENDERS = ("floor", "ledger", "spine")


def plan_of(contender: str, models: list[CompiledModel], book: Book, work_folder: Path) -> Plan:
    """What one contender runs, from the landed files to its answers."""
    database = work_folder / "runs" / contender / "ledger.duckdb"
    if contender == "ledger":
        return Plan(database, ledger_steps(models, book), counted_tables(models))
    if contender == "floor":
        landed = Step("landed files", book.landing())
        return Plan(database, [landed, *_steps_in("floor")], {"starts": "floor.customer_starts"})
    prepared = ledger_steps(models, book, PREPARATION)
    schema = Step("schema", ["create schema spine"])
    counted = {"customer months": "spine.customer_months"}
    return Plan(database, [*prepared, schema, *_steps_in("spine")], counted)


def _steps_in(folder: str) -> list[Step]:
    return [
        Step(path.stem, [path.read_text()]) for path in sorted((SQL_FOLDER / folder).glob("*.sql"))
    ]

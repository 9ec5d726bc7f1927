"""The plans that are measured against each other over one book."""

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

# name -> what it computes, and what it does not
CONTENDERS = {
    "floor": "copies the input and groups it once; answers nothing",
    "work": (
        "reads every line, numbers customers, sums changes by customer, product and month, balances"
        " them, writes two fact tables and looks one window up; no grace days, merges, currencies,"
        " groups, segments, cohorts or strict rates, and its answers are not compared"
    ),
    "ledger": (
        "the models, from the landed files to bridge, movements, spans, NDR and GRR, and cohorts;"
        " groups of customers and books of owners as well. Movements and spans are views"
    ),
    "keyed_spine": (
        "the same answers from one row per customer and month, in whole numbers, all windows in one"
        " pass, summed by set of segments first; lines prepared by the models; no groups, no books"
    ),
    "spine": "the same on text keys, each kind of segment summed from the columns of the spine",
    "usual_spine": (
        "a customer-month spine as it is usually written: dates and texts, a self-join per window"
        " and kind of segment; no strict rates and no lowest point, no groups, no books"
    ),
}
# joins of a spine with itself are left out above so many customers
AT_MOST = {"usual_spine": 100_000}


def contenders_of(book: Book, named: list[str]) -> list[str]:
    """Those of the named that are run over a book of this size."""
    return [name for name in named if book.customers <= AT_MOST.get(name, book.customers)]


def plan_of(contender: str, models: list[CompiledModel], book: Book, work_folder: Path) -> Plan:
    """What one contender runs, from the landed files to its answers."""
    database = work_folder / "runs" / contender / "ledger.duckdb"
    landed = Step("landed files", book.landing())
    if contender == "ledger":
        return Plan(database, ledger_steps(models, book), counted_tables(models))
    if contender == "floor":
        return Plan(database, [landed, *_steps_in("floor")], {"starts": "floor.customer_starts"})
    if contender == "work":
        return Plan(database, [landed, *_steps_in("work")], {"spans": "work.spans"})
    prepared = ledger_steps(models, book, PREPARATION[contender])
    schema = Step("schema", ["create schema spine"])
    counted = {"movements": "spine.customer_movements"}
    return Plan(database, [*prepared, schema, *_steps_in(contender)], counted)


def _steps_in(folder: str) -> list[Step]:
    return [
        Step(path.stem, [path.read_text()]) for path in sorted((SQL_FOLDER / folder).glob("*.sql"))
    ]

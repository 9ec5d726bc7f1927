"""Books of subscription lines in the open format, as Parquet straight from DuckDB."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from arr_ledger.sql import literal, one_file
from benchmarks.paths import SQL_FOLDER
from benchmarks.plans import MEMORY_LIMIT, THREADS, Plan, Step, run_plan

AS_OF_DATE = "2025-12-31"
SEED = 20260101
# A whole number from 0 to sides - 1 that is the same on every machine.
DRAW = """
create temp macro draw(sides, label, a, b := 0, c := 0) as
    cast(hash(a, b, c, label, getvariable('seed')) % sides as integer)
"""
TABLES = ("products", "fx_rates", "customers", "subscription_lines")


@dataclass(frozen=True)
class Book:
    """One generated book; over more months the same number of lines is stretched."""

    customers: int
    months: int
    folder: Path

    @property
    def name(self) -> str:
        return f"{self.customers:,} customers x {self.months} months"

    def rows(self) -> dict[str, int]:
        return json.loads((self.folder / "rows.json").read_text())

    def landing(self) -> list[str]:
        """Statements that show the Parquet files as the raw tables of custom_billing."""
        views = [
            f"create view raw_custom_billing.{table} as select * from {_rows(self.folder, table)}"
            for table in TABLES
        ]
        return ["create schema raw_custom_billing", *views]


def _rows(folder: Path, table: str) -> str:
    path = literal(one_file(folder / f"{table}.parquet"))
    return f"read_parquet({path}, hive_partitioning = false)"


def book_of(customers: int, months: int, work_folder: Path) -> Book:
    """The book, generated unless an earlier run with the same SQL left it."""
    sql = {table: (SQL_FOLDER / "book" / f"{table}.sql").read_text() for table in TABLES}
    kept = hashlib.sha256(json.dumps([sql, DRAW, AS_OF_DATE, SEED]).encode()).hexdigest()[:12]
    book = Book(customers, months, work_folder / "books" / f"{customers}x{months}-{kept}")
    if not (book.folder / "rows.json").exists():
        book.folder.mkdir(parents=True, exist_ok=True)
        _generate(book, sql, work_folder)
    return book


def _generate(book: Book, sql: dict[str, str], work_folder: Path) -> None:
    parameters = {
        "customers": book.customers,
        "months": book.months,
        "seed": SEED,
        "as_of_date": f"date '{AS_OF_DATE}'",
    }
    setting = [f"set variable {name} = {value}" for name, value in parameters.items()]
    writing = [
        Step(table, [f"copy (\n{text}\n) to '{book.folder / table}.parquet' (format parquet)"])
        for table, text in sql.items()
    ]
    counting = {table: _rows(book.folder, table) for table in sql}
    plan = Plan(
        database=work_folder / "runs" / "book" / "ledger.duckdb",
        steps=[Step("parameters", [*setting, DRAW]), *writing],
        counted=counting,
        threads=THREADS,
        memory_limit=MEMORY_LIMIT,
    )
    rows = run_plan(plan).rows
    (book.folder / "rows.json").write_text(json.dumps(rows))

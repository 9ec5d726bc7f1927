"""Runs compiled models over books in one in-memory DuckDB."""

from __future__ import annotations

import csv
import datetime
import decimal
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

from ledger_harness.compiled_project import PROJECT_FOLDER, Relation, compile_project

Rows = Iterable[Mapping[str, Any]]


class BookError(Exception):
    """The book names a table or column that is not there, or leaves out a required one."""


class ModelError(Exception):
    """The SQL of a model failed over this book."""


class Ledger:
    """The project under one set of variables; run() takes one book after another.

    variables   overrides of vars.yml; only custom_billing is on, and the CRM of crm_systems
    only        names of models that will be read; what none of them needs is left out
    with_tests  compiles the project's data tests as well, for failing_tests()
    """

    def __init__(
        self,
        variables: dict | None = None,
        only: Sequence[str] | None = None,
        with_tests: bool = False,
    ) -> None:
        self.project = compile_project(variables, with_tests)
        self.relations = _needed_by(only, self.project.relations)
        self.connection = duckdb.connect(":memory:")
        # One thread: books are small, and starting tasks would cost more than it saves.
        self.connection.execute("set timezone = 'UTC'; set threads = 1")
        self._raw = {each.name: each for each in self.relations if each.kind == "source"}
        self._filled: set[str] = set()
        self._views: set[str] = set()
        self._runs = 0
        # what follows the book is built by a run
        self._models_of_a_book: list[Relation] = []
        for relation in self.relations:
            self.connection.execute(f"create schema if not exists {relation.schema}")
            if relation.kind == "model" and relation.follows_book:
                self._models_of_a_book.append(relation)
            else:
                self._create(relation)

    def run(self, book: Mapping[str, Rows]) -> LedgerRun:
        """Builds every model over the book: table of a raw schema -> rows.

        An absent optional table is empty; an absent optional column or an empty text is null. What
        the run before this one returned can no longer be read.
        """
        self._runs += 1
        if unknown := sorted(set(book) - set(self._raw)):
            raise BookError(f"unknown tables {unknown}; known are {sorted(self._raw)}")
        for name, relation in self._raw.items():
            if name in self._filled:
                self.connection.execute(f"truncate {relation.schema}.{name}")
                self._filled.discard(name)
            self._land(relation, list(book.get(name, [])))
        for relation in self._models_of_a_book:
            if _is_stored(relation) or relation.name not in self._views:
                self._create(relation)
        return LedgerRun(self, self._runs)

    def _create(self, relation: Relation) -> None:
        name = f"{relation.schema}.{relation.name}"
        try:
            if relation.kind == "source":
                columns = ", ".join(f'"{key}" {kind}' for key, kind in relation.columns.items())
                self.connection.execute(f"create table {name} ({columns})")
            elif relation.kind == "seed":
                self.connection.execute(
                    f"create table {name} as"
                    " select * from read_csv(?, header = true, nullstr = '', columns = ?)",
                    [str(PROJECT_FOLDER / relation.file), relation.columns],
                )
            else:
                kind = "table" if _is_stored(relation) else "view"
                self.connection.execute(f"create or replace {kind} {name} as\n{relation.sql}")
                if kind == "view":
                    self._views.add(relation.name)
        except duckdb.Error as error:
            raise ModelError(f"{name} ({relation.file}): {error}") from error

    def _land(self, relation: Relation, rows: list[Mapping[str, Any]]) -> None:
        if not rows:
            return
        named = {column for row in rows for column in row}
        if unknown := sorted(named - set(relation.columns)):
            raise BookError(
                f"{relation.name} has no columns {unknown}; it has {list(relation.columns)}"
            )
        if absent := sorted(set(relation.required) - named):
            raise BookError(f"{relation.name} needs the columns {absent}")
        columns = [column for column in relation.columns if column in named]
        listed = ", ".join(f'"{column}"' for column in columns)
        casts = ", ".join(f'cast("{column}" as {relation.columns[column]})' for column in columns)
        shape = json.dumps([dict.fromkeys(columns, "VARCHAR")])
        text = json.dumps([{column: _text(row.get(column)) for column in columns} for row in rows])
        try:
            self.connection.execute(
                f"insert into {relation.schema}.{relation.name} ({listed}) select {casts}"
                f" from (select unnest(from_json(?, '{shape}'), max_depth := 2))",
                [text],
            )
        except duckdb.Error as error:
            raise BookError(f"{relation.name}: {error}") from error
        self._filled.add(relation.name)


class LedgerRun:
    """What one book gave. Read it before the ledger runs the next book."""

    def __init__(self, ledger: Ledger, number: int) -> None:
        self._ledger = ledger
        self._number = number

    def query(self, sql: str, parameters: Sequence[Any] = ()) -> list[dict[str, Any]]:
        """Rows of any SQL over marts, intermediate, staging, reference, raw_custom_billing."""
        if self._number != self._ledger._runs:
            raise RuntimeError(
                "The ledger has run another book since; read a run before the next one starts."
            )
        cursor = self._ledger.connection.execute(sql, list(parameters))
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, values, strict=True)) for values in cursor.fetchall()]

    def rows(self, name: str, **equal_to: Any) -> list[dict[str, Any]]:
        """Rows of a model by its name, e.g. rows("rpt_ndr_grr_monthly", window_months=12)."""
        relation = self.relation(name)
        conditions = "".join(f" and {column} = ?" for column in equal_to)
        return self.query(
            f"select * from {relation} where true{conditions}", list(equal_to.values())
        )

    def relation(self, name: str) -> str:
        """schema.name of a model, for use in query()."""
        for relation in self._ledger.relations:
            if relation.name == name:
                return f"{relation.schema}.{relation.name}"
        raise KeyError(
            f"no model {name}; there are {sorted(each.name for each in self._ledger.relations)}"
        )

    def has(self, name: str) -> bool:
        """Whether the project, under these variables, has a model of this name."""
        return any(relation.name == name for relation in self._ledger.relations)

    def failing_tests(self) -> dict[str, int]:
        """The project's data tests that fail over this book, each with its number of failures."""
        if not self._ledger.project.tests:
            raise RuntimeError("Ask for them first: Ledger(..., with_tests=True).")
        built = {f"{each.schema}.{each.name}" for each in self._ledger.relations}
        failing = {}
        for test in self._ledger.project.tests:
            if set(test.ancestors) <= built:
                sql = f"select {test.fail_calc} as failures from (\n{test.sql}\n) as test_rows"
                if failures := self.query(sql)[0]["failures"]:
                    failing[test.name] = int(failures)
        return failing


def _is_stored(relation: Relation) -> bool:
    """Views below the marts are stored too: the same rows, planned once and not per reader."""
    return relation.materialized == "table" or relation.schema != "marts"


def _needed_by(names: Sequence[str] | None, relations: list[Relation]) -> list[Relation]:
    if names is None:
        return relations
    if absent := sorted(set(names) - {each.name for each in relations}):
        raise KeyError(f"no models {absent}; there are {sorted(each.name for each in relations)}")
    wanted = {f"{each.schema}.{each.name}" for each in relations if each.kind == "source"}
    for each in relations:
        if each.name in names:
            wanted |= {f"{each.schema}.{each.name}", *each.ancestors}
    return [each for each in relations if f"{each.schema}.{each.name}" in wanted]


def read_book(folder: Path) -> dict[str, list[dict[str, str]]]:
    """A book from a folder of CSV files, each named after its table."""
    return {
        path.stem: list(csv.DictReader(path.open(newline="")))
        for path in sorted(folder.glob("*.csv"))
    }


def _text(value: Any) -> str | None:
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, decimal.Decimal):
        return format(value, "f")
    if isinstance(value, float):
        raise BookError(f"{value!r} is a float; give amounts as int, Decimal or text")
    if isinstance(value, datetime.date | int | str):
        return str(value)
    raise BookError(f"{value!r} is of a type that no column has")

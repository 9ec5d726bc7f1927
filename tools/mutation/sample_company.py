"""A mutant in the sample company: unit tests, then what is built on it, data tests, answer key."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from tools.mutation.mutants import Mutant, mutate, parse, render
from tools.mutation.project import CATALOG, DataTest, Project, Relation, UnitTest
from tools.mutation.verdicts import Verdict, first_line, stopped_in_time


class SampleCompany:
    """The unchanged sample company in memory; every mutant is tried in a transaction."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.connection = duckdb.connect(":memory:")
        self.connection.execute(f"attach ':memory:' as {CATALOG}; use {CATALOG}")
        self.connection.execute("set timezone = 'UTC'; set threads = 1; set memory_limit = '2GB'")
        self._copy_of_all_rows()
        self._contents = {each.name: self._content(each.name) for each in project.relations}
        self._unit_tests: dict[str, list[tuple[UnitTest, list]]] = {}

    def _copy_of_all_rows(self) -> None:
        self.connection.execute(f"attach '{self.project.database}' as kept (read_only)")
        for schema in sorted({each.name.split(".")[0] for each in self.project.relations}):
            self.connection.execute(f"create schema if not exists {schema}")
        for each in self.project.relations:
            self.connection.execute(f"create table {each.name} as from kept.{each.name}")
        self.connection.execute("detach kept")

    # ---- one mutant ----

    def is_sound(self, relation: Relation, mutant: Mutant) -> bool:
        """Whether the engine understands it; a mistake that no engine takes is none."""
        try:
            self._execute(f"explain {mutate(relation.sql, mutant)}")
        except duckdb.Error:
            return False
        return True

    def judge(self, relation: Relation, mutant: Mutant) -> Verdict:
        """The cheapest test that notices the mutant."""
        sql = mutate(relation.sql, mutant)
        assert sql is not None, f"{mutant.model} has no longer: {mutant.name}"
        if by := self._failing_unit_test(relation, mutant):
            return Verdict("unit test", by)
        with self._rolled_back():
            return self._in_the_company(relation, sql)

    def _failing_unit_test(self, relation: Relation, mutant: Mutant) -> str | None:
        for test, expected in self._unit_tests_of(relation.model):
            sql = mutate(test.sql, mutant)
            if sql is None:
                continue
            try:
                rows = self._rows_of(sql, test)
            except duckdb.Error as error:
                return f"{test.name}: {first_line(error)}"
            if rows != expected:
                return test.name
        return None

    def _unit_tests_of(self, model: str) -> list[tuple[UnitTest, list]]:
        """Unit tests pass in dbt, so what the unchanged SQL gives is what they expect."""
        if model not in self._unit_tests:
            self._unit_tests[model] = [
                (test, self._rows_of(render(parse(test.sql)), test))
                for test in self.project.unit_tests
                if test.model == model
            ]
        return self._unit_tests[model]

    def _rows_of(self, sql: str, test: UnitTest) -> list:
        columns = ", ".join(f'"{column}"' for column in test.columns) or "*"
        rows = self._execute(f"select {columns} from (\n{sql}\n) as tested").fetchall()
        return sorted(rows, key=repr)

    def _in_the_company(self, relation: Relation, sql: str) -> Verdict:
        """Builds what changes, then runs the data tests that read any of it."""
        changed: set[str] = set()
        for each in self.project.relations:
            is_mutant = each.name == relation.name
            if is_mutant or changed.intersection(each.parents):
                try:
                    self._create(each, sql if is_mutant else render(parse(each.sql)))
                    if self._content(each.name) != self._contents[each.name]:
                        changed.add(each.name)
                except duckdb.Error as error:
                    return Verdict("data test", f"{each.model}: {first_line(error)}")
        for test in self.project.data_tests:
            if changed.intersection(test.parents) and (by := self._failure(test)):
                return Verdict("data test", by)
        if by := self._misread_rows(relation, sql):
            return Verdict("staging rows", by)
        if changed and (by := self._wrong_answer()):
            return Verdict("answer key", by)
        return Verdict(None, is_changed=bool(changed))

    def _failure(self, test: DataTest) -> str | None:
        try:
            sql = f"select {test.fail_calc} from (\n{test.sql}\n) as test_rows"
            failures = self._execute(sql).fetchone()[0]
        except duckdb.Error as error:
            return f"{test.name}: {first_line(error)}"
        return test.name if failures else None

    def failing_before(self) -> list[str]:
        """What the unchanged company fails: data tests, rows given to staging, the answer key."""
        failing = [name for test in self.project.data_tests if (name := self._failure(test))]
        models = [each for each in self.project.relations if each.kind == "model"]
        misread = [self._misread_rows(each, render(parse(each.sql))) for each in models]
        return [*failing, *filter(None, misread), *filter(None, [self._wrong_answer()])]

    def _wrong_answer(self) -> str | None:
        import test_sample_answer_key as key

        for comparison in key.COMPARISONS:
            try:
                key.test_the_marts_equal_the_answer_key(self.connection, comparison)
            except (AssertionError, duckdb.Error):
                return f"answer key {comparison.file}"
        return None

    def _misread_rows(self, relation: Relation, sql: str) -> str | None:
        """Half empty and repeated rows that the Python suite gives to staging models."""
        from repeated_row_cases import REPEATED_ROWS
        from staging_cases import CASES

        if not relation.model.startswith("stg_"):
            return None
        types = {each.model: each.sql for each in self.project.relations if each.kind == "seed"}
        models = [each for each in self.project.relations if each.kind == "model"]
        staged = {each.model: each.sql for each in models if each.model.startswith("stg_")}
        staged[relation.model] = sql
        for case in [*CASES, *REPEATED_ROWS]:
            if case.model == relation.model or relation.model in staged[case.model]:
                try:
                    if not case.holds(json.loads(types[case.extract]), staged):
                        return case.name
                except duckdb.Error as error:
                    return f"{case.name}: {first_line(error)}"
        return None

    # ---- the engine ----

    def _create(self, relation: Relation, sql: str) -> None:
        self._execute(f"create or replace table {relation.name} as\n{sql}")

    def _content(self, name: str) -> tuple:
        return self._execute(
            f"select count(*), sum(cast(hash(t) as hugeint)), any_value(typeof(t)) from {name} as t"
        ).fetchone()

    def _execute(self, sql: str) -> duckdb.DuckDBPyConnection:
        with stopped_in_time(self.connection):
            return self.connection.execute(sql)

    @contextmanager
    def _rolled_back(self) -> Iterator[None]:
        self.connection.execute("begin transaction")
        try:
            yield
        finally:
            self.connection.execute("rollback")

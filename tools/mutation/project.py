"""The whole project as dbt compiles it for the sample company: models, data tests, unit tests.

dbt runs once and is not needed again: a mutant is a changed text of one model, run in memory.
"""

from __future__ import annotations

import copy
import hashlib
import json
import multiprocessing
import os
import shutil
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from graphlib import TopologicalSorter
from importlib.metadata import version
from pathlib import Path
from typing import Any

import duckdb
import sqlglot

from arr_ledger.sql import one_file

ROOT = Path(__file__).resolve().parents[2]
KEPT_FOLDER = ROOT / "target" / "mutation"
# The file stem is the catalog of compiled SQL; a process attaches its memory under the same name.
CATALOG = "mutated"


class ProjectError(Exception):
    """The project does not compile, or its own tests fail before anything is changed."""


@dataclass(frozen=True)
class Relation:
    """A seed or a model with the SQL that dbt compiled."""

    name: str  # schema.name
    model: str
    kind: str  # seed or model
    file: str
    sql: str
    raw: str
    parents: list[str]  # names of relations, the nearest first


@dataclass(frozen=True)
class DataTest:
    """Fails when its fail_calc over its rows is not 0."""

    name: str
    sql: str
    fail_calc: str
    parents: list[str]


@dataclass(frozen=True)
class UnitTest:
    """The SQL of the tested model over the rows that are given, and the columns expected of it."""

    name: str
    model: str
    sql: str
    columns: list[str]  # none: the test expects no row at all


@dataclass(frozen=True)
class Project:
    """Relations in the order in which they can be built."""

    relations: list[Relation]
    data_tests: list[DataTest]
    unit_tests: list[UnitTest]
    database: str  # a DuckDB file with all relations of the sample company


def read_project() -> Project:
    """The compiled project, from target/mutation/ when no file of the project has changed."""
    folder = KEPT_FOLDER / _digest()
    kept = folder / "project.json"
    if not kept.exists():
        _compile_elsewhere(folder)
    terms = json.loads(kept.read_text())
    return Project(
        relations=[Relation(**each) for each in terms["relations"]],
        data_tests=[DataTest(**each) for each in terms["data_tests"]],
        unit_tests=[UnitTest(**each) for each in terms["unit_tests"]],
        database=terms["database"],
    )


def _digest() -> str:
    digest = hashlib.sha256()
    for tool in ("dbt-core", "dbt-duckdb", "duckdb", "sqlglot"):
        digest.update(f"{tool} {version(tool)}\0".encode())
    files = [ROOT / name for name in ("dbt_project.yml", "vars.yml", "profiles.yml")]
    for folder in ("models", "macros", "seeds", "tests"):
        files += [
            path
            for path in sorted((ROOT / folder).rglob("*"))
            if path.suffix in {".sql", ".yml"} or (folder == "seeds" and path.suffix == ".csv")
        ]
    for path in [*files, Path(__file__)]:
        digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def _compile_elsewhere(folder: Path) -> None:
    """In a process of its own: dbt keeps the database open until its process ends."""
    shutil.rmtree(KEPT_FOLDER, ignore_errors=True)
    folder.mkdir(parents=True)
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, context) as executor:
        project = executor.submit(_compile, folder).result()
    (folder / "project.json").write_text(json.dumps(asdict(project)))


def _compile(folder: Path) -> Project:
    """dbt compiles, this builds the sample company, dbt runs its unit tests over that."""
    database = folder / f"{CATALOG}.duckdb"
    os.environ["ARR_LEDGER_UNIT_TESTS"] = "1"
    parsed = _dbt(folder, None, "parse", "--no-partial-parse")
    # what a staging model reads depends on the columns that landed
    _build(database, _nodes_of(_manifest(folder))[0], kind="seed")
    _dbt(folder, copy.deepcopy(parsed), "compile", "--exclude", "resource_type:unit_test")
    relations, data_tests = _nodes_of(_manifest(folder))
    _build(database, relations, kind="model")
    with _unit_tests_noted() as unit_tests:
        _dbt(folder, copy.deepcopy(parsed), "test", "--select", "resource_type:unit_test")
    return Project(relations, data_tests, unit_tests, str(database))


def _manifest(folder: Path) -> dict:
    return json.loads((folder / "dbt" / "manifest.json").read_text())


def _build(database: Path, relations: list[Relation], kind: str) -> None:
    with duckdb.connect(str(database)) as connection:
        connection.execute("set timezone = 'UTC'")
        for relation in relations:
            if relation.kind == kind:
                create(connection, relation, relation.sql)


def create(connection: duckdb.DuckDBPyConnection, relation: Relation, sql: str) -> None:
    """Stores the rows of a relation; views are stored as well, planned once and not per reader."""
    schema, name = relation.name.split(".")
    connection.execute(f"create schema if not exists {schema}")
    if relation.kind == "seed":
        types = json.loads(sql)
        connection.execute(
            f"create or replace table {schema}.{name} as"
            " select * from read_csv(?, header = true, auto_detect = false, delim = ',',"
            " quote = '\"', escape = '\"', nullstr = '', columns = ?, hive_partitioning = false)",
            [one_file(ROOT / relation.file), types],
        )
    else:
        connection.execute(f"create or replace table {schema}.{name} as\n{sql}")


def _dbt(folder: Path, manifest: Any, *arguments: str) -> Any:
    from dbt.cli.main import dbtRunner  # a slow import, not needed while the cache answers

    kept_environment, kept_folder = os.environ.copy(), Path.cwd()
    os.environ["ARR_LEDGER_DATABASE"] = str(folder / f"{CATALOG}.duckdb")
    try:
        outcome = dbtRunner(manifest=manifest).invoke(
            [
                *arguments,
                *("--project-dir", str(ROOT), "--profiles-dir", str(ROOT), "--target", "dev"),
                *("--target-path", str(folder / "dbt"), "--log-path", str(folder / "logs")),
                *("--quiet", "--log-level", "none", "--log-level-file", "none"),
            ]
        )
    finally:
        os.environ.clear()
        os.environ.update(kept_environment)
        os.chdir(kept_folder)
    if not outcome.success:
        results = getattr(outcome.result, "results", [])
        failed = [each for each in results if each.status not in ("pass", "success")]
        messages = [f"{each.node.name}: {each.message}" for each in failed]
        raise ProjectError("\n".join([str(outcome.exception or ""), *messages]).strip())
    return outcome.result


def _nodes_of(manifest: dict) -> tuple[list[Relation], list[DataTest]]:
    nodes = manifest["nodes"]
    kinds = {"seed", "model", "snapshot"}
    names = {
        key: f"{node['schema']}.{node['alias']}"
        for key, node in nodes.items()
        if node["resource_type"] in kinds and node["package_name"] == "arr_ledger"
    }
    parents = {
        key: [names[each] for each in nodes[key]["depends_on"].get("nodes", []) if each in names]
        for key in nodes
        if key in names or nodes[key]["resource_type"] == "test"
    }
    graph = {names[key]: parents[key] for key in names}
    place = {name: number for number, name in enumerate(TopologicalSorter(graph).static_order())}
    relations = [
        Relation(
            name=names[key],
            model=nodes[key]["name"],
            kind="seed" if nodes[key]["resource_type"] == "seed" else "model",
            file=nodes[key]["original_file_path"],
            sql=_sql_of(nodes[key]),
            raw=nodes[key].get("raw_code") or "",
            parents=parents[key],
        )
        for key in sorted(names, key=lambda key: place[names[key]])
    ]
    tests = [
        DataTest(node["name"], node["compiled_code"], node["config"]["fail_calc"], parents[key])
        for key, node in sorted(nodes.items())
        if node["resource_type"] == "test" and node.get("compiled_code")
    ]
    return relations, tests


def _sql_of(node: dict) -> str:
    if node["resource_type"] == "seed":
        return json.dumps(node["config"]["column_types"])
    return node.get("compiled_code") or ""


@contextmanager
def _unit_tests_noted() -> Iterator[list[UnitTest]]:
    """While dbt runs its unit tests, the SQL that it makes of each is written down."""
    from dbt.task.test import TestRunner

    noted: list[UnitTest] = []
    execute = TestRunner.execute_unit_test

    def noting(runner: Any, definition: Any, manifest: Any) -> Any:
        node, result = execute(runner, definition, manifest)
        rows = node.config.expected_rows
        if node.config.expected_sql:
            parsed = sqlglot.parse_one(node.config.expected_sql, read="duckdb")
            rows = [dict.fromkeys(parsed.named_selects)]
        columns = list(dict.fromkeys(column.lower() for row in rows for column in row))
        noted.append(UnitTest(definition.name, definition.model, node.compiled_code, columns))
        return node, result

    TestRunner.execute_unit_test = noting
    try:
        yield noted
    finally:
        TestRunner.execute_unit_test = execute
        noted.sort(key=lambda test: (test.model, test.name))

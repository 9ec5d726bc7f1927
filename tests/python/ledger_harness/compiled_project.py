"""Compiles the dbt project once per set of variables and keeps the SQL, to be run without dbt."""

from __future__ import annotations

import atexit
import datetime
import functools
import hashlib
import json
import os
import pickle
import tempfile
from dataclasses import asdict, dataclass
from graphlib import TopologicalSorter
from importlib.metadata import version
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import yaml

from arr_ledger.landing.declared import declared_systems, systems_of

PROJECT_FOLDER = Path(__file__).resolve().parents[3]
CACHE_FOLDER = PROJECT_FOLDER / "target" / "ledger_harness"

# Only what the open door brings in; a CRM may be put beside it.
BASE_VARIABLES = {
    "use_sample_extracts": False,
    "billing_systems": ["custom_billing"],
    "crm_systems": [],
    "health_systems": [],
    # a book may lack the input of a module and still be asked about its marts
    "modules": dict.fromkeys(
        (
            *("crm", "renewals", "forecast", "growth", "books", "customer_health"),
            *("reconciliation", "restatements", "comparison", "quality"),
        ),
        True,
    ),
}

# Which models read which others depends on these; the project is read once per choice of them.
SHAPING_VARIABLES = ("hierarchy_mode", "fx_mode", "crm_systems", "modules")

# The file stem becomes the database name in compiled SQL; an in-memory DuckDB is called memory.
COMPILE_DATABASE = "memory.duckdb"

ENGINE_TYPES = {"text": "varchar", "timestamp": "timestamp"}


class CompileError(Exception):
    """dbt refused the project or the variables; the message is dbt's own."""


@dataclass(frozen=True)
class Relation:
    """One table or view of the compiled project."""

    name: str
    schema: str
    kind: str  # model, seed or source
    materialized: str  # table, view or seed
    sql: str
    file: str
    columns: dict[str, str]  # name -> engine type, for seeds and sources
    required: list[str]
    follows_book: bool  # False where no raw table is among the ancestors
    ancestors: list[str]  # names of every relation this one needs


@dataclass(frozen=True)
class DataTest:
    """A data test of the project: it fails when its fail_calc over its rows is not 0."""

    name: str
    sql: str
    fail_calc: str
    ancestors: list[str]


@dataclass(frozen=True)
class CompiledProject:
    """Relations in the order in which they can be built, and the data tests over them."""

    variables: dict
    relations: list[Relation]
    tests: list[DataTest]


def compile_project(variables: dict | None = None, with_tests: bool = False) -> CompiledProject:
    """The project under these variables; from the cache when nothing it depends on has changed."""
    asked = {**BASE_VARIABLES, **(variables or {})}
    declared = yaml.safe_load((PROJECT_FOLDER / "vars.yml").read_text())["vars"]
    if unknown := sorted(set(asked) - set(declared)):
        raise CompileError(f"unknown variables {unknown}; known: {sorted(declared)}")
    fixed = [name for name in ("billing_systems", "use_sample_extracts") if name in asked]
    if changed := sorted(name for name in fixed if asked[name] != BASE_VARIABLES[name]):
        raise CompileError(f"{changed} are fixed here: books bill through custom_billing alone")

    kept = CACHE_FOLDER / f"{_fingerprint({**declared, **asked}, with_tests)}.json"
    if kept.exists():
        return _read(kept)
    compiled = _compile(asked, with_tests)
    _keep(kept, json.dumps(asdict(compiled), default=str).encode(), most=100)
    return compiled


def _fingerprint(variables: dict, with_tests: bool) -> str:
    """All that compiled SQL depends on: files, tools, variables and, if none is given, the day."""
    day = str(variables.get("as_of_date") or "")
    if not day:
        day = f"{datetime.datetime.now(ZoneInfo(variables['reporting_timezone'])):%Y-%m-%d}"
    tools = [version(name) for name in ("dbt-core", "dbt-duckdb", "duckdb")]
    parts = [_project_digest(), variables, with_tests, day, tools]
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()[:24]


def _project_digest() -> str:
    digest = hashlib.sha256()
    files = [PROJECT_FOLDER / name for name in ("dbt_project.yml", "vars.yml", "profiles.yml")]
    for folder in ("models", "macros", "seeds", "tests"):
        files += sorted(
            path
            for path in (PROJECT_FOLDER / folder).rglob("*")
            if path.suffix in {".sql", ".yml"} or (folder == "seeds" and path.suffix == ".csv")
        )
    files.append(Path(__file__))
    for path in files:
        digest.update(
            str(path.relative_to(PROJECT_FOLDER)).encode() + b"\0" + path.read_bytes() + b"\0"
        )
    return digest.hexdigest()


def _compile(variables: dict, with_tests: bool) -> CompiledProject:
    """dbt reads the project once per shape; after that only SQL is rendered again."""
    left_out = () if with_tests else ("--exclude", "resource_type:test")
    manifest = pickle.loads(_parsed_project(variables))
    _land_own_columns(variables)
    # dbt renders into the manifest it is given; to write it down takes as long again
    _invoke(
        manifest,
        *("--no-write-json", "compile", "--vars", json.dumps(variables), *left_out),
    )
    return _from_manifest(
        {
            key: node.to_dict(omit_none=True)
            for key, node in {**manifest.nodes, **manifest.sources}.items()
        },
        variables,
    )


def _parsed_project(variables: dict) -> bytes:
    """The manifest before anything is rendered, read once for all test processes."""
    declared = yaml.safe_load((PROJECT_FOLDER / "vars.yml").read_text())["vars"]
    shape = {name: variables.get(name, declared[name]) for name in SHAPING_VARIABLES}
    kept = CACHE_FOLDER / f"{_fingerprint({**declared, **shape}, with_tests=True)}.manifest"
    if not kept.exists():
        given = json.dumps({**BASE_VARIABLES, **shape})
        parsed = _invoke(None, "parse", "--no-partial-parse", "--vars", given)
        _keep(kept, pickle.dumps(parsed), most=8)
    return kept.read_bytes()


@functools.cache
def _scratch_folder() -> Path:
    """A private target folder and database."""
    folder = tempfile.TemporaryDirectory(prefix="ledger_harness_")
    atexit.register(folder.cleanup)
    _land_empty_raw_tables(Path(folder.name) / COMPILE_DATABASE)
    return Path(folder.name)


def _invoke(manifest: Any, *arguments: str) -> Any:
    # slow imports, not needed while the cache answers
    from dbt.cli.main import dbtRunner

    from arr_ledger.light_dbt import lighten

    lighten()
    scratch = _scratch_folder()
    kept_environment, kept_folder = os.environ.copy(), Path.cwd()
    os.environ["ARR_LEDGER_DATABASE"] = str(scratch / COMPILE_DATABASE)
    try:
        outcome = dbtRunner(manifest=manifest).invoke(
            [
                *arguments,
                *(
                    "--project-dir",
                    str(PROJECT_FOLDER),
                    "--profiles-dir",
                    str(PROJECT_FOLDER),
                    "--target",
                    "dev",
                ),
                *("--target-path", str(scratch / "target"), "--log-path", str(scratch / "logs")),
                *("--quiet", "--log-level", "none", "--log-level-file", "none", "--no-use-colors"),
            ]
        )
    finally:
        os.environ.clear()
        os.environ.update(kept_environment)
        os.chdir(kept_folder)
    if not outcome.success:
        failed = [
            result
            for result in getattr(outcome.result, "results", [])
            if result.status != "success"
        ]
        raise CompileError(
            "\n".join(
                [str(outcome.exception or ""), *(str(each.message) for each in failed)]
            ).strip()
        )
    return outcome.result


def _land_empty_raw_tables(database: Path) -> None:
    """extract() looks at what landed: every declared table and column is there, and empty."""
    with duckdb.connect(str(database)) as connection:
        for path in sorted((PROJECT_FOLDER / "models" / "staging").rglob("_*__sources.yml")):
            for source in yaml.safe_load(path.read_text()).get("sources", []):
                connection.execute(f"create schema if not exists {source['schema']}")
                for table in source["tables"]:
                    columns = {column["name"]: _engine_type(column) for column in table["columns"]}
                    connection.execute(
                        _create_empty_table(source["schema"], table["name"], columns)
                    )


def _own_columns(variables: dict) -> dict[tuple[str, str], dict[str, str]]:
    """By raw table, the columns of the company's own that the variables name, and their types."""
    declared = declared_systems()
    return {
        (system.schema, table.name): {
            column.name: ENGINE_TYPES.get(column.data_type, column.data_type)
            for column in table.columns
            if declared[system.name].tables[table.name].column(column.name) is None
        }
        for system in systems_of(variables).values()
        for table in system.tables.values()
    }


def _land_own_columns(variables: dict) -> None:
    columns = [
        f'alter table {schema}.{table} add column if not exists "{name}" {kind}'
        for (schema, table), own in _own_columns(variables).items()
        for name, kind in own.items()
    ]
    if columns:
        with duckdb.connect(str(_scratch_folder() / COMPILE_DATABASE)) as connection:
            connection.execute("; ".join(columns))


def _engine_type(column: dict) -> str:
    return ENGINE_TYPES.get(column["data_type"], column["data_type"])


def _create_empty_table(schema: str, name: str, columns: dict[str, str]) -> str:
    typed = ", ".join(f'"{key}" {kind}' for key, kind in columns.items())
    return f"create table {schema}.{name} ({typed})"


def _from_manifest(nodes: dict, variables: dict) -> CompiledProject:
    nodes = {key: node for key, node in nodes.items() if node["package_name"] == "arr_ledger"}
    parents = {key: _parents(node) for key, node in nodes.items()}
    tests = {key for key, node in nodes.items() if node["resource_type"] == "test"}
    ancestors: dict[str, set[str]] = {}
    for key in TopologicalSorter(parents).static_order():
        ancestors[key] = set().union(
            *({parent} | ancestors[parent] for parent in parents[key]), set()
        )

    used = set().union(
        *(ancestors[key] | {key} for key in nodes if nodes[key]["resource_type"] == "model")
    )
    ordered = [key for key in TopologicalSorter(parents).static_order() if key in used - tests]
    ephemeral = {key for key in ordered if nodes[key]["config"].get("materialized") == "ephemeral"}

    def names(keys: set[str]) -> list[str]:
        return sorted(_qualified_name(nodes[key]) for key in keys - tests - ephemeral)

    own = _own_columns(variables)
    return CompiledProject(
        variables=variables,
        relations=[
            _relation(nodes[key], names(ancestors[key]), ancestors[key], own)
            for key in ordered
            if key not in ephemeral
        ],
        tests=[
            DataTest(
                name=nodes[key]["name"],
                sql=nodes[key]["compiled_code"],
                fail_calc=nodes[key]["config"]["fail_calc"],
                ancestors=names(ancestors[key]),
            )
            for key in sorted(tests)
            if nodes[key].get("compiled_code") and ancestors[key] <= used
        ],
    )


def _parents(node: dict) -> list[str]:
    return node.get("depends_on", {}).get("nodes", [])


def _qualified_name(node: dict) -> str:
    return f"{node['schema']}.{node.get('alias') or node['identifier']}"


def _relation(
    node: dict, ancestors: list[str], ancestor_keys: set[str], own: dict[tuple[str, str], dict]
) -> Relation:
    kind = node["resource_type"]
    columns, required = {}, []
    if kind == "source":
        columns = {column["name"]: _engine_type(column) for column in node["columns"].values()}
        columns |= own.get((node["schema"], node["identifier"]), {})
        required = [
            name
            for name, column in node["columns"].items()
            if column["config"]["meta"].get("is_required")
        ]
    elif kind == "seed":
        columns = node["config"]["column_types"]
    return Relation(
        name=node.get("alias") or node["identifier"],
        schema=node["schema"],
        kind=kind,
        materialized="view" if node["config"].get("materialized") == "view" else "table",
        sql=node.get("compiled_code") or "",
        file=node["original_file_path"],
        columns=columns,
        required=required,
        follows_book=kind == "source" or any(name.startswith("source.") for name in ancestor_keys),
        ancestors=ancestors,
    )


def _read(path: Path) -> CompiledProject:
    kept = json.loads(path.read_text())
    return CompiledProject(
        variables=kept["variables"],
        relations=[Relation(**relation) for relation in kept["relations"]],
        tests=[DataTest(**test) for test in kept["tests"]],
    )


def _keep(path: Path, content: bytes, most: int) -> None:
    """Whole or not at all: two test processes may make the same file at the same time."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(f".{os.getpid()}.partial")
    partial.write_bytes(content)
    partial.replace(path)
    kept = sorted(path.parent.glob(f"*{path.suffix}"), key=lambda each: each.stat().st_mtime)
    for old in kept[:-most]:
        old.unlink(missing_ok=True)

"""The project as each engine would receive it, rendered by dbt without a warehouse.

dbt compiles against the lint target (DuckDB in memory). For another engine three things are swapped
while it does so: where `adapter.dispatch` looks first, the words for the basic types, the quote
character. So `spark__add_days` is what Spark gets, and `default__add_days` where there is none.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

from dbt.adapters.base.relation import BaseRelation
from dbt.adapters.duckdb.column import DuckDBColumn
from dbt.adapters.sql.impl import SQLAdapter
from dbt.cli.main import dbtRunner
from dbt.config.profile import Profile
from dbt.context.providers import BaseDatabaseWrapper
from dbt.contracts.graph.manifest import Manifest
from dbt.contracts.graph.nodes import CompiledNode

# what dbt writes for lint; what it has parsed there serves sqlfluff and dbt-bouncer too
TARGET_PATH = "target/lint"
# dbt's own tests are dbt's to make portable; ours of one table are as plain, and there are many
PLAIN_TESTS = {"not_null", "unique", "accepted_values", "relationships", "no_nulls", "one_row_per"}
PROJECT_NODES = ("model", "test", "analysis", "snapshot")


@dataclass(frozen=True)
class Engine:
    name: str
    quote: str
    types: dict[str, str]


ENGINES = (
    Engine("duckdb", '"', {"STRING": "text"}),
    Engine("spark", "`", {"STRING": "string", "INTEGER": "int"}),
    Engine("snowflake", '"', {"STRING": "text", "INTEGER": "int"}),
    Engine("bigquery", "`", {"STRING": "string", "FLOAT": "float64", "INTEGER": "int64"}),
    Engine("postgres", '"', {"STRING": "text"}),
)


@dataclass(frozen=True)
class Rendered:
    """One model, test or analysis in the SQL of one engine."""

    unique_id: str
    path: str
    raw: str
    sql: str


class RenderError(Exception):
    """dbt could not parse or compile the project."""


def parse(root: Path) -> Manifest:
    return _run(dbtRunner(), root, "parse").result


def render(root: Path, manifest: Manifest, engine: Engine) -> list[Rendered]:
    """Every node of the project that becomes SQL, as `engine` would receive it."""
    for node in manifest.nodes.values():
        if isinstance(node, CompiledNode):  # as if never compiled for another engine
            node.compiled, node.extra_ctes_injected, node.extra_ctes = False, False, []
    runner = dbtRunner(manifest=manifest)
    with _as_engine(engine, manifest):
        outcome = _run(runner, root, "compile", *_without_dbt_tests(manifest))
    nodes = (result.node for result in outcome.result.results)
    return [
        Rendered(node.unique_id, *_source(node, manifest), node.compiled_code)
        for node in nodes
        if str(node.resource_type) in PROJECT_NODES and node.compiled_code
    ]


def _without_dbt_tests(manifest: Manifest) -> list[str]:
    tests = (getattr(node, "test_metadata", None) for node in manifest.nodes.values())
    names = {test.name for test in tests if test and test.namespace is None}
    return [
        part for name in sorted(names & PLAIN_TESTS) for part in ("--exclude", f"test_name:{name}")
    ]


def _source(node, manifest: Manifest) -> tuple[str, str]:
    """Path and text that a reader would mend: of a generic test, its macro."""
    test = getattr(node, "test_metadata", None)
    if test and test.namespace is None:
        macro = manifest.macros.get(f"macro.{node.package_name}.test_{test.name}")
        if macro:
            return macro.original_file_path, macro.macro_sql
    return node.original_file_path, node.raw_code


def _run(runner: dbtRunner, root: Path, command: str, *options: str):
    outcome = runner.invoke(
        [
            *("--quiet", "--log-path", str(root / TARGET_PATH), command),
            *("--project-dir", str(root), "--profiles-dir", str(root)),
            *("--target", "lint", "--target-path", str(root / TARGET_PATH)),
            *options,
        ]
    )
    if not outcome.success:
        raise RenderError(str(outcome.exception or f"dbt {command} failed"))
    return outcome


@contextmanager
def _as_engine(engine: Engine, manifest: Manifest) -> Iterator[None]:
    if engine.name == "duckdb":
        yield
        return
    expressions = {
        macro.name.removeprefix("default__")
        for macro in manifest.macros.values()
        if macro.package_name == "dbt" and "macros/utils/" in macro.original_file_path
    }
    packages = {None, *(node.package_name for node in manifest.nodes.values())}
    dispatch, prefixes, target = (
        BaseDatabaseWrapper.dispatch,
        BaseDatabaseWrapper._get_adapter_macro_prefixes,
        Profile.to_target_dict,
    )
    lookup = {"engine": False}

    def dispatched(self, macro_name, macro_namespace=None, packages_=None):
        # the adapter's own catalogue queries stay DuckDB's: it is what runs
        lookup["engine"] = macro_namespace in packages or macro_name in expressions
        try:
            return dispatch(self, macro_name, macro_namespace, packages_)
        finally:
            lookup["engine"] = False

    def engine_prefixes(self):
        return [engine.name, "default"] if lookup["engine"] else prefixes(self)

    def engine_target(self):
        return {**target(self), "type": engine.name}

    def quoted(self, identifier):
        return f"{engine.quote}{identifier}{engine.quote}"

    with ExitStack() as stack:
        for owner, name, value in (
            (BaseDatabaseWrapper, "dispatch", dispatched),
            (BaseDatabaseWrapper, "_get_adapter_macro_prefixes", engine_prefixes),
            (Profile, "to_target_dict", engine_target),
            (BaseRelation, "quoted", quoted),
            (SQLAdapter, "quote", quoted),
            (DuckDBColumn, "TYPE_LABELS", {**DuckDBColumn.TYPE_LABELS, **engine.types}),
        ):
            stack.enter_context(patch.object(owner, name, value))
        yield

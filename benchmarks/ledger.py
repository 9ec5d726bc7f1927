"""The real models, compiled once by dbt and materialised as dbt_project.yml says."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from graphlib import TopologicalSorter
from pathlib import Path

import duckdb

from benchmarks.books import AS_OF_DATE, Book
from benchmarks.paths import PROJECT_FOLDER
from benchmarks.plans import RunFailedError, Step

# What the benchmark asks of the ledger; the rest of the project is left out.
ANSWERS = (
    "fct_customer_arr_spans",
    "fct_arr_movements",
    "rpt_arr_bridge_monthly",
    "rpt_ndr_grr_monthly",
    "rpt_cohort_retention_monthly",
)
# Where each spine takes over: the same lines, months and segments serve all.
LINES = ("int_arr_lines", "int_calendar_months")
PREPARATION = {
    "spine": (*LINES, "int_customer_segment_spans"),
    "usual_spine": (*LINES, "int_customer_segment_spans"),
    "keyed_spine": (*LINES, "int_customer_segment_sets", "int_segment_set_values"),
}
VARIABLES = {
    "use_sample_extracts": False,
    "billing_systems": ["custom_billing"],
    "crm_systems": [],
    "as_of_date": AS_OF_DATE,
}


@dataclass(frozen=True)
class CompiledModel:
    """One model: what creates it, and the names of all models it needs."""

    name: str
    schema: str
    is_table: bool
    create_statements: list[str]
    ancestors: frozenset[str]


def compile_models(book: Book, work_folder: Path) -> list[CompiledModel]:
    """The models behind the answers in the order in which they can be built.

    dbt looks at the columns that have landed, which are the same in every book.
    """
    scratch = work_folder / "compiled"
    # The file's name becomes the database name in compiled SQL; every run uses the same one.
    database = scratch / "landed" / "ledger.duckdb"
    shutil.rmtree(database.parent, ignore_errors=True)
    database.parent.mkdir(parents=True)
    with duckdb.connect(str(database)) as connection:
        for statement in book.landing():
            connection.execute(statement)
    finished = subprocess.run(
        [
            *(sys.executable, "-c", "from dbt.cli.main import cli; cli()"),
            *("--quiet", "--no-use-colors", "compile"),
            *("--project-dir", str(PROJECT_FOLDER), "--profiles-dir", str(PROJECT_FOLDER)),
            *("--target", "dev", "--target-path", str(scratch / "target")),
            *("--log-path", str(scratch / "logs"), "--vars", json.dumps(VARIABLES)),
            *("--exclude", "resource_type:test"),
            *("--select", *(f"+{answer}" for answer in ANSWERS)),
        ],
        env={**os.environ, "ARR_LEDGER_DATABASE": str(database)},
        capture_output=True,
        text=True,
        check=False,
    )
    if finished.returncode != 0:
        raise RunFailedError((finished.stdout + finished.stderr).strip())
    return _models_of(json.loads((scratch / "target" / "manifest.json").read_text()))


def _models_of(manifest: dict) -> list[CompiledModel]:
    nodes = {key: node for key, node in manifest["nodes"].items() if key.startswith("model.")}
    parents = {
        key: [parent for parent in node["depends_on"]["nodes"] if parent in nodes]
        for key, node in nodes.items()
    }
    ancestors: dict[str, frozenset[str]] = {}
    models = []
    for key in TopologicalSorter(parents).static_order():
        node = nodes[key]
        ancestors[key] = frozenset().union(
            *({nodes[parent]["name"]} | ancestors[parent] for parent in parents[key])
        )
        models.append(
            CompiledModel(
                name=node["name"],
                schema=node["schema"],
                is_table=node["config"]["materialized"] == "table",
                create_statements=_create_statements(node),
                ancestors=ancestors[key],
            )
        )
    return [model for model in models if model.name in needed_for(ANSWERS, models)]


def _create_statements(node: dict) -> list[str]:
    """What dbt-duckdb runs for this model: a contract is a typed table that is then filled."""
    relation = f"{node['schema']}.{node['name']}"
    kind = node["config"]["materialized"]
    if kind not in {"table", "view"}:
        raise RunFailedError(f"{relation} is a {kind}; the benchmark knows tables and views.")
    sql = node.get("compiled_code") or ""
    if kind == "view" or not node["config"]["contract"]["enforced"]:
        return [f"create {kind} {relation} as\n{sql}"]
    columns = node["columns"].values()
    typed = ", ".join(f"{column['name']} {column['data_type']}" for column in columns)
    listed = ", ".join(column["name"] for column in columns)
    return [
        f"create table {relation} ({typed})",
        f"insert into {relation} ({listed}) select {listed} from (\n{sql}\n) as model",
    ]


def needed_for(names: tuple[str, ...], models: list[CompiledModel]) -> set[str]:
    """These models and all that they need."""
    by_name = {model.name: model for model in models}
    return set(names).union(*(by_name[name].ancestors for name in names))


def ledger_steps(
    models: list[CompiledModel], book: Book, names: tuple[str, ...] = ANSWERS
) -> list[Step]:
    """From the landed Parquet files to the named models."""
    needed = needed_for(names, models)
    wanted = [model for model in models if model.name in needed]
    schemas = [f"create schema {schema}" for schema in sorted({model.schema for model in wanted})]
    steps = [Step("landed files", [*book.landing(), *schemas])]
    # A view costs where it is read: it is created with the table that comes next.
    pending: list[str] = []
    for model in wanted:
        pending += model.create_statements
        if model.is_table:
            steps.append(Step(model.name, pending))
            pending = []
    return [*steps, Step("views", pending)] if pending else steps


def counted_tables(models: list[CompiledModel], names: tuple[str, ...] = ANSWERS) -> dict[str, str]:
    """Tables whose rows are counted after a run."""
    needed = needed_for(names, models)
    return {
        model.name: f"{model.schema}.{model.name}"
        for model in models
        if model.is_table and model.name in needed
    }

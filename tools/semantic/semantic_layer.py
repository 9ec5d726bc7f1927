"""Asks the semantic layer: `semantic_layer.py METRIC ... --by GROUP ... --grain quarter`.

The metrics of the project's semantic manifest, through the engine of MetricFlow, over a file of
DuckDB that is opened read-only. `make semantic` writes the manifest.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from functools import cached_property
from pathlib import Path

import duckdb
from metricflow.engine.metricflow_engine import MetricFlowEngine, MetricFlowQueryRequest
from metricflow.protocols.sql_client import SqlEngine
from metricflow.sql.render.duckdb_renderer import DuckDbSqlPlanRenderer
from metricflow_semantic_interfaces.validations.semantic_manifest_validator import (
    SemanticManifestValidator,
)
from metricflow_semantics.model.dbt_manifest_parser import (
    parse_manifest_from_dbt_generated_manifest,
)
from metricflow_semantics.model.semantic_manifest_lookup import SemanticManifestLookup

PROJECT = Path(__file__).resolve().parents[2]
MANIFEST = PROJECT / os.environ.get(
    "ARR_LEDGER_SEMANTIC_MANIFEST", "target/semantic/semantic_manifest.json"
)
DATABASE = PROJECT / os.environ.get("ARR_LEDGER_DATABASE", "arr_ledger.duckdb")
# the catalog that the manifest was written with: a published file has another name
CATALOG = re.compile(r'"\w+"\.(?="\w+"\.")')
NOTE = (
    "Note: balances and rates of retention are those of the last month in which the selection of"
    " --where has rows. Ask with --by instead where it may have ended before the period did."
)


class Dialect:
    """What the engine asks a client for before it writes a query."""

    sql_engine_type = SqlEngine.DUCKDB
    sql_plan_renderer = DuckDbSqlPlanRenderer()


class SemanticLayer:
    """The metrics of a manifest over the marts of a file."""

    def __init__(self, manifest: Path = MANIFEST, database: Path = DATABASE) -> None:
        text = manifest.read_text(encoding="utf-8")
        self.manifest = parse_manifest_from_dbt_generated_manifest(text)
        self.connection = duckdb.connect(str(database), read_only=True)

    @cached_property
    def engine(self) -> MetricFlowEngine:
        return MetricFlowEngine(SemanticManifestLookup(self.manifest), Dialect())

    def sql(self, **request: object) -> str:
        asked = MetricFlowQueryRequest.create(**request)
        return CATALOG.sub("", self.engine.explain(asked).sql_statement.sql)

    def rows(self, **request: object) -> list[dict]:
        cursor = self.connection.execute(self.sql(**request))
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def problems(self) -> list[str]:
        """What MetricFlow finds wrong with the manifest."""
        found = SemanticManifestValidator().validate_semantic_manifest(self.manifest)
        return [issue.as_readable_str() for issue in found.all_issues]


def main() -> None:
    parser = argparse.ArgumentParser(description="Asks the semantic layer.")
    if not MANIFEST.exists():
        parser.error(f"{MANIFEST} is missing: run make semantic")
    parser.add_argument("metrics", nargs="*", help="metrics; none lists them")
    parser.add_argument("--by", nargs="*", default=[], help="such as segment_set__segment")
    parser.add_argument("--grain", choices=["month", "quarter", "year"])
    parser.add_argument(
        "--where", help="such as \"{{ Dimension('segment_set__region') }} = 'Europe'\""
    )
    parser.add_argument("--since", help="YYYY-MM-DD, the first day of the first period")
    parser.add_argument("--saved-query", help="one of models/marts/saved_queries.yml")
    parser.add_argument("--sql", action="store_true", help="print the query instead of its rows")
    asked = parser.parse_args()
    layer = SemanticLayer()
    if asked.saved_query:
        request = {"saved_query_name": asked.saved_query}
    elif not asked.metrics:
        for metric in sorted(layer.manifest.metrics, key=lambda each: each.name):
            print(f"{metric.name:32} {metric.description}")
        return
    else:
        time = [f"metric_time__{asked.grain}"] if asked.grain else []
        where = [asked.where] if asked.where else []
        if asked.since and not asked.grain:
            parser.error("--since needs --grain")
        if asked.since:
            where.append(
                f"{{{{ TimeDimension('metric_time', '{asked.grain}') }}}} >= '{asked.since}'"
            )
        by = [*time, *asked.by]
        request = {
            "metric_names": asked.metrics,
            "group_by_names": by,
            "where_constraints": where or None,
            "order_by_names": by,
        }
        if asked.where and asked.grain in ("quarter", "year"):
            print(NOTE, file=sys.stderr)
    query = layer.sql(**request)
    if asked.sql:
        print(query)
    else:
        layer.connection.sql(query).show(max_rows=1000, max_width=200)


if __name__ == "__main__":
    sys.exit(main())

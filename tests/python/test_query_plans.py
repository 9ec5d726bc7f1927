"""Every join has an equality that the engine hashes: a nested loop grows with the square of a book.

An `or`, a condition on one side alone or an expression over both sides in the ON of an outer join
is enough to lose it. Inner joins by a range of months are merged and are no loops.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

LOOPS = {"BLOCKWISE_NL_JOIN", "NESTED_LOOP_JOIN"}
# rows that a query writes out itself
LITERAL = {"DUMMY_SCAN", "COLUMN_DATA_SCAN", "EMPTY_RESULT"}
# loops over a handful of rows, whatever the book: policies, lengths of terms, months of a forecast
SMALL = {
    "int_account_spans": "the two sides of a span",
    "int_metric_policy_lines": "policies of a seed",
    "int_line_renewal_dates": "lengths of terms with months of the calendar",
    "int_projection_horizons": "months of the calendar with themselves",
    "int_projected_terms": "months from which retention is projected",
    "int_restated_lines": "closed months",
    "int_data_end_findings": "the last month",
    "int_retention_changes": "windows of the variables with sums by set and month",
}


def nested_loops(plan: dict) -> Iterator[str]:
    name = plan["name"].strip()
    children = plan.get("children", [])
    if name in LOOPS and not any(is_small(child) for child in children):
        told = plan["extra_info"]
        conditions = told.get("Conditions") or told.get("Condition")
        yield f"{told.get('Join Type')} {name} on {conditions}"
    for child in children:
        yield from nested_loops(child)


def is_small(plan: dict) -> bool:
    """One row, or rows written out in the query."""
    name = plan["name"].strip()
    children = plan.get("children", [])
    if name == "UNGROUPED_AGGREGATE":
        return True
    if not children:
        return name in LITERAL
    return all(is_small(child) for child in children)


def loops_of(connection: duckdb.DuckDBPyConnection, sql: str) -> list[str]:
    told = connection.execute(f"explain (format json) {sql}").fetchall()[0][1]
    return [loop for plan in json.loads(told) for loop in nested_loops(plan)]


@pytest.fixture(scope="module")
def connection(sample_database: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(sample_database), read_only=True) as opened:
        opened.execute("set TimeZone = 'UTC'")
        yield opened


def test_no_model_and_no_invariant_joins_by_a_nested_loop(
    sample_database: Path, connection: duckdb.DuckDBPyConnection
) -> None:
    target = sample_database.parent / "target"
    nodes = json.loads((target / "manifest.json").read_text())["nodes"].values()
    written = [
        node
        for node in nodes
        if node["resource_type"] in ("model", "test") and "test_metadata" not in node
    ]
    found = {}
    for node in written:
        sql = (target / "compiled" / "arr_ledger" / node["original_file_path"]).read_text()
        loops = loops_of(connection, sql)
        if loops and node["name"] not in SMALL:
            found[node["name"]] = loops
    assert len(written) > 250
    assert found == {}


@pytest.mark.parametrize(
    "condition",
    [
        "a.id = b.id and (b.until is null or a.at < b.until)",
        "a.id = b.id and a.is_open",
        "a.id = b.id and a.at <= coalesce(b.until, a.at)",
    ],
)
def test_a_join_that_loses_its_hash_is_found(
    connection: duckdb.DuckDBPyConnection, condition: str
) -> None:
    connection.execute(
        "create temp table if not exists a as"
        " select range as id, range as at, range % 2 = 0 as is_open from range(1000)"
    )
    connection.execute(
        "create temp table if not exists b as select range as id, range as until from range(1000)"
    )
    assert loops_of(connection, f"select a.id, b.until from a left join b on {condition}")
    hashed = "a.id = b.id and a.at < coalesce(b.until, 99999)"
    assert loops_of(connection, f"select a.id from a left join b on {hashed}") == []

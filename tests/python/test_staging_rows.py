"""Staging reads rows that a loader left half empty as their owner means them."""

import json
from pathlib import Path

import pytest
from repeated_row_cases import REPEATED_ROWS
from staging_cases import CASES, StagingCase, in_any_order


@pytest.fixture(scope="module")
def nodes(sample_database: Path) -> dict[str, dict]:
    """Nodes of the sample company by name, with the SQL that dbt ran."""
    manifest = json.loads((sample_database.parent / "target" / "manifest.json").read_text())
    return {node["name"]: node for node in manifest["nodes"].values()}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_staging_reads_half_empty_rows(case: StagingCase, nodes: dict[str, dict]) -> None:
    columns = nodes[case.extract]["config"]["column_types"]
    staged = {
        name: node["compiled_code"] for name, node in nodes.items() if name.startswith("stg_")
    }
    got = case.got(columns, staged)
    assert in_any_order(got) == in_any_order(case.expected)


@pytest.mark.parametrize("case", REPEATED_ROWS, ids=lambda case: case.name)
def test_staging_takes_one_row_per_key(case: StagingCase, nodes: dict[str, dict]) -> None:
    test_staging_reads_half_empty_rows(case, nodes)

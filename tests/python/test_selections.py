"""docs/how_to/build_a_part.md: a part of the project is built by one dbt command."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

PROJECT = Path(__file__).resolve().parents[2]
DBT = Path(sys.executable).parent / "dbt"


@pytest.fixture(scope="module")
def folder(sample_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new database, beside what dbt parsed and wrote when it built the sample."""
    folder = tmp_path_factory.mktemp("part")
    shutil.copytree(sample_database.parent / "target", folder / "target")
    shutil.copytree(sample_database.parent / "target", folder / "state")
    return folder


def dbt(folder: Path, *command: str) -> str:
    done = subprocess.run(
        [
            *(DBT, "--quiet", "--no-use-colors", *command),
            *("--target-path", folder / "target", "--log-path", folder / "logs"),
        ],
        cwd=PROJECT,
        env={
            **os.environ,
            "ARR_LEDGER_DATABASE": str(folder / "x.duckdb"),
            "ARR_LEDGER_UNIT_TESTS": "1",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:]
    return done.stdout


def test_a_mart_and_all_that_it_stands_on_are_built_and_tested_in_a_new_file(folder: Path) -> None:
    selected = ("--select", "+rpt_ndr_grr_monthly", "--exclude-resource-type", "unit_test")
    dbt(folder, "build", *selected)
    results = json.loads((folder / "target" / "run_results.json").read_text())["results"]
    kinds = {each["unique_id"].split(".")[0] for each in results}
    assert kinds == {"seed", "model", "test", "operation"}


def test_a_state_without_a_change_selects_nothing_in_spite_of_seeds_above_a_mebibyte(
    folder: Path,
) -> None:
    assert any(path.stat().st_size > 2**20 for path in (PROJECT / "seeds").rglob("*.csv"))
    said = dbt(folder, "ls", "--select", "state:modified+", "--state", str(folder / "state"))
    assert "arr_ledger." not in said


def test_every_module_has_a_selector_of_its_name() -> None:
    content = yaml.safe_load((PROJECT / "selectors.yml").read_text())
    models = yaml.safe_load((PROJECT / "dbt_project.yml").read_text())["models"]["arr_ledger"]
    modules = {
        tag
        for folder in models["marts"].values()
        if isinstance(folder, dict)
        for tag in folder.get("+tags", ())
    }
    assert {each["name"] for each in content["selectors"]} == modules


def test_the_documentation_opens_with_an_overview_of_the_project(folder: Path) -> None:
    docs = json.loads((folder / "state" / "manifest.json").read_text())["docs"]
    assert "rpt_ndr_grr_monthly" in docs["doc.arr_ledger.__overview__"]["block_contents"]


@pytest.mark.parametrize(("system", "most_models"), [("custom_billing", 70), ("stripe", 94)])
def test_with_billing_alone_no_model_of_a_crm_system_is_built(
    folder: Path, system: str, most_models: int
) -> None:
    optional = ("quality", "reconciliation", "comparison", "books", "growth", "renewals")
    variables = {
        "use_sample_extracts": False,
        "billing_systems": [system],
        "crm_systems": [],
        "health_systems": [],
        "optional_extracts": [],
        "modules": {**dict.fromkeys(optional, False), "customer_health": False},
    }
    listed = ("ls", "--resource-type", "model", "--output", "name")
    said = dbt(folder, *listed, "--vars", json.dumps(variables), "--no-partial-parse")
    models = [name for name in said.split() if name.startswith(("stg_", "int_"))]
    assert [name for name in models if "_crm_" in name or "salesforce" in name] == []
    assert len(said.split()) <= most_models

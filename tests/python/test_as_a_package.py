"""examples/dbt_package: a project that installs arr_ledger, sets what differs, replaces a model."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
import yaml

PROJECT = Path(__file__).resolve().parents[2]
DBT = Path(sys.executable).parent / "dbt"
DECLARED = yaml.safe_load((PROJECT / "vars.yml").read_text())["vars"]


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example beside nothing of this project, built by dbt with the tests of what it builds."""
    folder = tmp_path_factory.mktemp("host") / "acme_finance"
    ignored = shutil.ignore_patterns("dbt_packages", "target", "logs", "*.duckdb*", "*-lock.yml")
    shutil.copytree(PROJECT / "examples" / "dbt_package", folder, ignore=ignored)
    packages = folder / "packages.yml"
    packages.write_text(packages.read_text().replace("../..", str(PROJECT)))
    dbt(folder, "deps")
    dbt(folder, "seed")
    dbt(folder, "build", "--select", "+board_retention", "--exclude", "resource_type:seed")
    return folder


def dbt(folder: Path, *command: str) -> None:
    done = subprocess.run(
        [DBT, "--quiet", "--no-use-colors", *command, "--profiles-dir", folder],
        cwd=folder,
        env={**os.environ, "ACME_DATABASE": str(folder / "acme.duckdb")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:]


@pytest.fixture(scope="module")
def manifest(host: Path) -> dict:
    return json.loads((host / "target" / "manifest.json").read_text())


def test_the_host_reads_a_mart_with_the_model_that_it_replaced(host: Path) -> None:
    """A year before: 1,500 and 600 dollars at its own 0.5. Now: 1,500 and 480 dollars."""
    with duckdb.connect(str(host / "acme.duckdb"), read_only=True) as connection:
        (rates,) = connection.execute(
            "select ndr, grr from main.board_retention where date_month = date '2025-06-01'"
        ).fetchall()
        money = connection.execute(
            "select base_arr, net_retained_arr from marts.rpt_ndr_grr_monthly where window_months ="
            " 12 and segment_type = 'all' and date_month = date '2025-06-01'"
        ).fetchone()
    assert rates == (pytest.approx(1740 / 1800), pytest.approx(1740 / 1800))
    assert money == (Decimal(1800), Decimal(1740))


def test_the_host_sets_what_differs_alone(host: Path) -> None:
    given = yaml.safe_load((host / "dbt_project.yml").read_text())["vars"]
    assert all(value != DECLARED[name] for name, value in given.items())
    assert len(given) < 8


def test_modules_and_systems_of_the_host_follow_its_variables(manifest: dict) -> None:
    on = {
        node["name"]
        for node in manifest["nodes"].values()
        if node["package_name"] == "arr_ledger" and node["resource_type"] in ("model", "seed")
    }
    assert "rpt_ndr_grr_monthly" in on
    foreign = ("sample_", "stg_stripe", "stg_salesforce", "int_stripe", "int_crm_opp", "rpt_book_")
    assert [name for name in on if name.startswith(foreign)] == []
    assert manifest["unit_tests"] == {}


def test_the_replaced_model_keeps_the_property_file_of_the_package(manifest: dict) -> None:
    own = manifest["nodes"]["model.acme_finance.stg_reference__fx_rates"]
    assert own["description"].startswith("One row per currency and month end")
    tests = [
        node["test_metadata"]["name"]
        for node in manifest["nodes"].values()
        if "test_metadata" in node and own["unique_id"] in node["depends_on"]["nodes"]
    ]
    assert tests


def test_exposures_of_the_host_have_the_marts_that_are_on(manifest: dict) -> None:
    read = {
        each["name"]: {name.split(".")[-1] for name in each["depends_on"]["nodes"]}
        for each in manifest["exposures"].values()
        if each["package_name"] == "arr_ledger"
    }
    assert len(read) == 8
    assert read["board_trust"] == {
        "rpt_arr_bridge_monthly",
        "rpt_ledger_findings",
        "rpt_subscription_line_accounting",
    }
    assert "rpt_expansion_by_source_monthly" not in read["board_growth"]
    assert "rpt_whitespace" in read["board_growth"]


def test_schemas_of_the_ledger_are_those_the_host_names_and_else_its_own(
    host: Path, tmp_path: Path
) -> None:
    """Two targets of one database need schemas apart; the how-to says which lines give them."""
    ignored = shutil.ignore_patterns("target", "logs", "macros", "*.duckdb*")
    folder = shutil.copytree(host, tmp_path / "acme", symlinks=True, ignore=ignored)
    declared = yaml.safe_load((folder / "dbt_project.yml").read_text())
    how_to = (PROJECT / "docs/how_to/install_as_a_package.md").read_text()
    (lines,) = (
        yaml.safe_load(block)
        for block in re.findall(r"```yaml\n(.*?)```", how_to, re.DOTALL)
        if "target.schema" in block
    )
    declared["models"]["arr_ledger"]["marts"] = lines["models"]["arr_ledger"]["marts"]
    (folder / "dbt_project.yml").write_text(yaml.safe_dump(declared))
    dbt(folder, "parse")
    nodes = json.loads((folder / "target" / "manifest.json").read_text())["nodes"]
    schema = {node["name"]: node["schema"] for node in nodes.values()}
    assert schema["rpt_ndr_grr_monthly"] == "main_marts"
    assert schema["stg_custom_billing__customers"] == "staging"
    assert schema["ndr_methods"] == "reference"

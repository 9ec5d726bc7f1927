"""The wheel: it holds the dbt project, no sample company, and works in a folder outside a clone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import duckdb
import pytest
from landing_extracts import CUSTOMERS, HEADER, write_extracts

PROJECT = Path(__file__).resolve().parents[2]
UV = PROJECT / ".uv" / "bin" / "uv"
FILES = {"dbt_project.yml", "vars.yml", "profiles.yml", "selectors.yml"}
TREES = (
    "models",
    "macros",
    "seeds/reference",
    "tests/generic",
    "tests/invariants",
    "docs/glossary",
)
LINES = (
    HEADER + "L1,S1,C1,P1,pro,2024-01-01,2025-01-01,1200,12,3,USD,recurring,,,\n"
    "L2,S1,C1,P1,pro,2025-01-01,,1500,12,3,USD,recurring,,,\n"
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What an installer lays into site-packages; the libraries are those of this environment."""
    folder = tmp_path_factory.mktemp("wheel")
    built = subprocess.run(
        [UV, "build", "--quiet", "--wheel", "--offline", "--out-dir", folder],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stderr
    (wheel,) = folder.glob("*.whl")
    site = folder / "site"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    (data,) = site.glob("*.data/purelib")
    for path in filter(Path.is_file, data.rglob("*")):
        target = site / path.relative_to(data)
        target.parent.mkdir(exist_ok=True)
        path.replace(target)
    return site


def arr_ledger(site: Path, folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "arr_ledger.cli", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(site)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_wheel_holds_every_file_of_the_project_but_unit_tests_and_the_sample(
    site: Path,
) -> None:
    project = {
        path.relative_to(PROJECT).as_posix()
        for tree in TREES
        for path in (PROJECT / tree).rglob("*")
        if path.is_file() and not path.name.endswith("__unit_tests.yml")
    }
    held = site / "arr_ledger_dbt"
    found = {path.relative_to(held).as_posix() for path in held.rglob("*") if path.is_file()}
    assert found == project | FILES
    assert not list((site / "arr_ledger").glob("sample*"))
    assert {path.name for path in site.iterdir() if path.is_dir() and "-" not in path.name} == {
        "arr_ledger",
        "arr_ledger_dbt",
    }


def test_what_is_installed_starts_lands_and_refreshes_outside_a_clone(
    site: Path, tmp_path: Path
) -> None:
    assert "arr_ledger.yml" in arr_ledger(site, tmp_path, "init", "--systems", "custom_billing")
    write_extracts(tmp_path, subscription_lines=LINES, customers=CUSTOMERS)
    landed = arr_ledger(site, tmp_path, "land", "--database", "x.duckdb")
    assert f"--project-dir {site}/arr_ledger_dbt" in landed
    assert f"--log-path {tmp_path}/logs" in landed
    before = {path for path in site.rglob("*") if "__pycache__" not in path.parts}
    told = arr_ledger(
        *(site, tmp_path, "refresh", "--json", "--no-audit", "--vars={as_of_date: 2025-06-30}")
    )
    outcome = json.loads(told)
    assert outcome["status"] == "published"
    assert any(line.startswith("books: ") for line in outcome["marts_without_data"])
    with duckdb.connect(str(tmp_path / "published" / "arr_ledger.duckdb"), read_only=True) as marts:
        ending = "select ending_arr from marts.rpt_arr_bridge_monthly where segment_type = 'all'"
        assert marts.execute(f"{ending} order by date_month desc").fetchone() == (1500,)
    # an installation may be another account's, or read-only
    assert {path for path in site.rglob("*") if "__pycache__" not in path.parts} == before

"""Models of one mode alone and the unit tests that need them: off in a default build, run here."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
DBT = Path(sys.executable).parent / "dbt"
MODES = {"hierarchy_mode": "as_was", "fx_mode": "month_end_rate"}
TAGGED = ("tag:as_was", "tag:month_end_rate")


def test_unit_tests_of_the_modes_pass_where_the_modes_are_on(
    sample_database: Path, tmp_path: Path
) -> None:
    """Their models are built without rows beside those of the sample: columns are all they need."""
    database = tmp_path / "arr_ledger.duckdb"
    shutil.copy(sample_database, database)
    run_dbt(tmp_path, database, "run", "--empty", "--select", *TAGGED)
    assert results(tmp_path) == {("model", "success"): 10}
    run_dbt(
        tmp_path,
        database,
        "test",
        "--select",
        *(f"test_type:unit,{tag}" for tag in TAGGED),
    )
    passed = results(tmp_path)
    assert passed.keys() == {("unit_test", "pass")}
    assert passed["unit_test", "pass"] >= 17


def test_a_users_build_has_no_unit_test(tmp_path: Path) -> None:
    assert unit_tests(tmp_path, {}) == []
    assert len(unit_tests(tmp_path, {"ARR_LEDGER_UNIT_TESTS": "1"})) > 300


def unit_tests(folder: Path, settings: dict[str, str]) -> list[str]:
    """The unit tests that dbt lists under these settings of the environment."""
    environment = {**os.environ, "ARR_LEDGER_DATABASE": str(folder / "arr_ledger.duckdb")}
    environment.pop("ARR_LEDGER_UNIT_TESTS", None)
    listed = subprocess.run(
        [
            *(DBT, "--quiet", "--log-path", folder / "logs", "ls"),
            *("--target-path", folder / "target", "--resource-type", "unit_test"),
        ],
        cwd=PROJECT,
        env={**environment, **settings},
        capture_output=True,
        text=True,
        check=False,
    )
    assert listed.returncode == 0, listed.stdout + listed.stderr
    return [line for line in listed.stdout.splitlines() if "unit_test:" in line]


def run_dbt(folder: Path, database: Path, *command: str) -> None:
    done = subprocess.run(
        [
            *(DBT, "--quiet", "--log-path", folder / "logs", *command),
            *("--target-path", folder / "target", "--vars", json.dumps(MODES)),
        ],
        cwd=PROJECT,
        env={
            **os.environ,
            "ARR_LEDGER_DATABASE": str(database),
            "ARR_LEDGER_UNIT_TESTS": "1",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:]


def results(folder: Path) -> Counter[tuple[str, str]]:
    run = json.loads((folder / "target" / "run_results.json").read_text())
    found = ((each["unique_id"].split(".")[0], each["status"]) for each in run["results"])
    return Counter(each for each in found if each[0] != "operation")

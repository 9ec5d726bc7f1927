"""What the Python tests share: the sample company, built once per run with every data test."""

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from published_place import Place, publish
from secrets_of_the_machine import SECRETS

# no test publishes to the database of the user who runs it
os.environ.pop("ARR_LEDGER_POSTGRES", None)
PROJECT = Path(__file__).resolve().parents[2]
DBT = Path(sys.executable).parent / "dbt"


@pytest.fixture(scope="session")
def sample_database(tmp_path_factory: pytest.TempPathFactory, evidence: Any) -> Path:
    """Path of a DuckDB file in which ``dbt build`` has built and tested the sample company."""
    folder = _shared(tmp_path_factory) / "sample"
    database = folder / "arr_ledger.duckdb"
    with FileLock(folder.with_suffix(".lock")):
        if not folder.exists():
            folder.mkdir()
            _build(folder, database, evidence)
    assert (folder / "built").exists(), "another process could not build the sample company"
    return database


@pytest.fixture(scope="session")
def published_place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """Two lines of one customer, published by a whole refresh; tests that change it copy it."""
    folder = _shared(tmp_path_factory) / "published_place"
    with FileLock(folder.with_suffix(".lock")):
        if not folder.exists():
            folder.mkdir()
            publish(folder)
    assert (folder / "refresh.json").exists(), "another process could not publish"
    return Place(folder)


def _shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of this run that all processes of `pytest --numprocesses` see."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


def _build(folder: Path, database: Path, evidence: Any) -> None:
    result = subprocess.run(
        [DBT, "build", "--target-path", folder / "target", "--log-path", folder / "logs"],
        cwd=PROJECT,
        env={
            **os.environ,
            **SECRETS,
            "ARR_LEDGER_DATABASE": str(database),
            "ARR_LEDGER_UNIT_TESTS": "1",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout[-5000:]
    (folder / "built").touch()
    results = json.loads((folder / "target" / "run_results.json").read_text())["results"]
    kinds = Counter(each["unique_id"].split(".")[0] for each in results)
    evidence.note("dbt data tests over the sample company, all passed", kinds["test"])
    evidence.note("dbt unit tests, all passed", kinds["unit_test"])

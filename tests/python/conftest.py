"""What the Python tests share: the sample company, built once per session with every data test."""

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

PROJECT = Path(__file__).resolve().parents[2]
DBT = Path(sys.executable).parent / "dbt"


@pytest.fixture(scope="session")
def sample_database(tmp_path_factory: pytest.TempPathFactory, evidence: Any) -> Path:
    """Path of a DuckDB file in which ``dbt build`` has built and tested the sample company."""
    folder = tmp_path_factory.mktemp("sample")
    database = folder / "arr_ledger.duckdb"
    result = subprocess.run(
        [DBT, "build", "--target-path", folder / "target", "--log-path", folder / "logs"],
        cwd=PROJECT,
        env={**os.environ, "ARR_LEDGER_DATABASE": str(database)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout[-5000:]
    results = json.loads((folder / "target" / "run_results.json").read_text())["results"]
    kinds = Counter(each["unique_id"].split(".")[0] for each in results)
    evidence.note("dbt data tests over the sample company, all passed", kinds["test"])
    evidence.note("dbt unit tests, all passed", kinds["unit_test"])
    return database

"""What the Python tests share: the sample company, built once per session with every data test."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
DBT = Path(sys.executable).parent / "dbt"


@pytest.fixture(scope="session")
def sample_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
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
    return database

"""The sample company as it was, at month-end rates: every data test holds there too."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import duckdb
import pytest

PROJECT = Path(__file__).resolve().parents[2]
DBT = Path(sys.executable).parent / "dbt"
MODES = {"hierarchy_mode": "as_was", "fx_mode": "month_end_rate"}


@pytest.mark.skipif("ARR_LEDGER_PROVE" not in os.environ, reason="minutes: part of make prove")
def test_every_data_test_holds_as_it_was_and_at_month_end_rates(
    sample_database: Path, tmp_path: Path, evidence: Any
) -> None:
    database = tmp_path / "arr_ledger.duckdb"
    done = subprocess.run(
        [
            *(DBT, "--quiet", "--log-path", tmp_path / "logs", "build"),
            *("--target-path", tmp_path / "target", "--vars", json.dumps(MODES)),
        ],
        cwd=PROJECT,
        env={**os.environ, "ARR_LEDGER_DATABASE": str(database)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:]
    results = json.loads((tmp_path / "target" / "run_results.json").read_text())["results"]
    counts = Counter(
        (each["unique_id"].split(".")[0], each["status"])
        for each in results
        if each["unique_id"].startswith("test.")
    )
    assert counts.keys() == {("test", "pass")}
    evidence.note("data tests passed as it was and at month-end rates", counts["test", "pass"])
    moved = "select count(*) from marts.fct_arr_movements where movement_type = '{}'"
    with duckdb.connect(str(database), read_only=True) as other:
        assert other.execute(moved.format("fx")).fetchone()[0] > 100
        assert other.execute(moved.format("transfer")).fetchone()[0] > 0
    with duckdb.connect(str(sample_database), read_only=True) as shipped:
        assert shipped.execute(moved.format("fx")).fetchone()[0] == 0

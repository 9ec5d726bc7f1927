"""What dbt is given of the machine, and what is told of it when it ends with a traceback."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from arr_ledger.refresh import RefreshRefusedError
from arr_ledger.refresh.build import cause, environment, follow, verdict

SEES = "import os, dbt.cli.main; print({name for name in os.environ if 'PLANTED' in name})"
TRACE = """Traceback (most recent call last):
  File "/x/dbt/a.py", line 1, in main
    run()
    ^^^^^
  File "/x/dbt/b.py", line 2, in run

"""
RAISED = "dbt.exceptions.DbtRuntimeError: Runtime Error\n  no such macro"
CHAINED = f"{TRACE}KeyError: 1\n\nDuring handling of the above exception, another occurred:\n\n"


@pytest.mark.parametrize("place", [".", ".."])
def test_dbt_reads_no_env_file_of_the_project_or_above(place: str, tmp_path: Path) -> None:
    project = tmp_path / "a" / "b"
    project.mkdir(parents=True)
    (project / place / ".env").write_text("PLANTED=1\nDBT_PLANTED=1\n")
    done = subprocess.run(
        [sys.executable, "-c", SEES],
        cwd=project,
        env=environment(tmp_path / "x.duckdb"),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "set()\n"


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ("Runtime Error\n  a model is missing", "Runtime Error a model is missing"),
        (TRACE + RAISED, "dbt.exceptions.DbtRuntimeError: Runtime Error no such macro"),
        (
            f"Encountered an error:\n{CHAINED}{TRACE}ValueError: two\nlines",
            "Encountered an error: ValueError: two lines",
        ),
        (TRACE, ""),
    ],
)
def test_of_a_traceback_only_its_cause_is_told(told: str, said: str) -> None:
    assert cause(told) == said


def test_a_traceback_in_the_log_or_beside_it_is_told_as_its_cause() -> None:
    event = {"info": {"level": "error", "msg": TRACE + RAISED, "name": "MainStackTrace"}}
    for lines in ([json.dumps(event)], ["starting\n", *(TRACE + RAISED).splitlines(True)]):
        assert follow(lines, lambda *_: None) == (
            "dbt.exceptions.DbtRuntimeError: Runtime Error no such macro"
        )


def test_a_part_that_fails_with_a_traceback_is_told_as_its_cause() -> None:
    node = {"resource_type": "model", "name": "m", "original_file_path": "models/m.sql"}
    result = {"unique_id": "model.p.m", "status": "error", "message": CHAINED + TRACE + RAISED}
    with pytest.raises(RefreshRefusedError) as refused:
        verdict(Path("x"), {"nodes": {"model.p.m": node}}, [result], 1)
    assert str(refused.value) == (
        "model m: dbt.exceptions.DbtRuntimeError: Runtime Error no such macro; see models/m.sql."
    )

"""Raw rows lie beside their database while they land, and no longer than that."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from landing_extracts import LINES, write_extracts

from arr_ledger.landing import LandingRefusedError, land

KILLED = """
import os, signal, sys
from pathlib import Path
from arr_ledger.landing import land
module = sys.modules[land.__module__]

def killed(*arguments):
    (arguments[-1] / "rows.csv").write_text("a row")
    print(arguments[-1], flush=True)
    os.kill(os.getpid(), signal.SIGKILL)

module.stage_table = killed
land(Path(sys.argv[1]), Path(sys.argv[2]))
"""


def left_over(folder: Path) -> list[Path]:
    return list(folder.rglob("*.landing-*"))


def test_a_landing_that_is_killed_leaves_nothing_that_the_next_one_does_not_take_away(
    tmp_path: Path,
) -> None:
    extracts = write_extracts(tmp_path, subscription_lines=LINES)
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    database = tmp_path / "ledger" / "x.duckdb"
    database.parent.mkdir()
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, extracts, database],
        env={**os.environ, "TMPDIR": str(temporary)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert list(temporary.rglob("*")) == []
    (left,) = left_over(database.parent)
    assert killed.stdout.strip() == str(left)
    assert stat.S_IMODE(left.stat().st_mode) == 0o700
    another = database.with_name("another.duckdb")
    land(extracts, another)
    assert left_over(database.parent) == [left]
    land(extracts, database)
    assert sorted(path.name for path in database.parent.iterdir()) == ["another.duckdb", "x.duckdb"]


def test_a_landing_leaves_another_one_that_runs_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    extracts = write_extracts(tmp_path, subscription_lines=LINES)
    database = tmp_path / "x.duckdb"
    module = sys.modules[land.__module__]
    stage_table = module.stage_table
    runs: list[list[Path]] = []

    def and_another(*arguments: object) -> object:
        if not runs:
            runs.append([])
            land(extracts, database)
            runs.append(left_over(tmp_path))
        return stage_table(*arguments)

    monkeypatch.setattr(module, "stage_table", and_another)
    land(extracts, database)
    assert [len(each) for each in runs] == [0, 1]
    assert left_over(tmp_path) == []


def test_a_database_in_no_folder_is_refused_in_one_line(tmp_path: Path) -> None:
    extracts = write_extracts(tmp_path, subscription_lines=LINES)
    database = tmp_path / "not there" / "x.duckdb"
    with pytest.raises(LandingRefusedError) as refused:
        land(extracts, database)
    assert str(refused.value).splitlines()[0] == (
        f"{database}: cannot be written beside (No such file or directory); name a database in a"
        " folder that may be written to."
    )

"""A disk that is full at any step: refused, nothing changed, nothing left, and the next works."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from published_place import DAY, Place, run

from arr_ledger.refresh.build import follow

LAUNCHER = Path(__file__).with_name("with_little_room.py")
KIB = 1024
STEPS = ("land ", "audit ", "build ", "publish ")
# the step, the size from which on no file can grow, and the file that is named
LEVELS = {
    "landing": ("land", 300 * KIB, ", at .refresh/work/arr_ledger.duckdb;"),
    "dbt build": ("build", 2000 * KIB, ";"),
    "writing the release": ("write_release", 300 * KIB, ", at releases/.unfinished-"),
    "Parquet": ("_write_parquet", 1 * KIB, ".parquet;"),
    "the copy that is served": ("stage", 300 * KIB, ", at .unfinished-arr_ledger.duckdb;"),
}


@pytest.fixture(scope="module")
def place(published_place: Place, tmp_path_factory: pytest.TempPathFactory) -> Place:
    return published_place.copy(tmp_path_factory.mktemp("disk_full") / "place")


def refresh(place: Place, step: str, most: int = 0) -> subprocess.CompletedProcess[str]:
    return run(LAUNCHER, step, most, place.built, *place.options(), DAY)


@pytest.mark.parametrize("level", LEVELS)
def test_a_full_disk_is_named_changes_nothing_and_the_next_refresh_works(
    level: str, place: Place
) -> None:
    step, most, where = LEVELS[level]
    before, releases = place.checksum(), sorted((place.out / "releases").iterdir())
    done = refresh(place, step, most)
    lines = done.stderr.splitlines()
    first_line = next(line for line in lines if not line.startswith(STEPS))
    assert done.returncode == 1, done.stderr
    assert first_line.startswith(f"Error: {place.out}: the disk is full (")
    assert where in first_line
    assert first_line.endswith("; make room there and run it again.")
    assert lines[-1].startswith("Still served: release 2")
    assert "Traceback" not in done.stderr
    assert place.checksum() == before
    assert sorted((place.out / "releases").iterdir()) == releases
    assert place.left_over() == []
    done = refresh(place, "nothing")
    assert done.returncode == 0, done.stderr
    assert place.left_over() == []


def test_a_full_disk_is_heard_among_what_dbt_says_of_its_log_that_found_no_room_either() -> None:
    full = "OSError: [Errno 28] No space left on device"
    error = json.dumps({"info": {"level": "error", "name": "X", "msg": "1 of 3 ERROR"}})
    lines = ["--- Logging error ---", full, "Message: 'x'", error, "Arguments: ()"]
    assert follow(lines, lambda *_: None) == full
    assert follow(lines[2:4], lambda *_: None) == "1 of 3 ERROR"


def test_a_rollback_on_a_full_disk_is_refused_and_leaves_nothing(place: Place) -> None:
    assert refresh(place, "nothing").returncode == 0
    before = place.checksum()
    done = run(
        "-c",
        "import resource; from arr_ledger import cli\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, resource.RLIM_INFINITY))\n"
        "cli.main()",
        *("rollback", "--out", place.out),
    )
    assert done.returncode == 1, done.stderr
    assert done.stderr.startswith(f"Error: {place.out}: the disk is full (")
    assert place.checksum() == before
    assert place.left_over() == []
    kept = run("-m", "arr_ledger.cli", "releases", "--out", place.out, "--json").stdout
    served = [release["is_served"] for release in json.loads(kept)]
    assert served.index(True) == 0

"""A disk that is full, or a kill, at every step of a refresh that there is.

Before the release is served: refused, nothing changed, nothing left. After it: published, and the
next refresh tidies up. And the next refresh works, whatever happened.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest
from published_place import DAY, Place, run

from arr_ledger.refresh.build import follow
from arr_ledger.refresh.steps import STEPS

LAUNCHER = Path(__file__).with_name("at_a_step.py")
SHOWN = ("land ", "audit ", "build ", "render ", "publish ")
NAMES = [step.__name__ for _, step in STEPS]
PUBLISHES = NAMES.index("show_release")
IS_LONG = "ARR_LEDGER_TORTURE" in os.environ
# a kill before a step and one after the step before it are the same moment
KILLS = [
    *((step.__name__, "before") for shown, step in STEPS if IS_LONG or shown == "publish"),
    (NAMES[-1], "after"),
]
# nothing can be written; whatever is small can
SMALL = 300 * 1024
ROOMS = [0, SMALL] if IS_LONG else [0]
BUILD_ROOM = 2000 * 1024


@pytest.fixture(scope="module")
def place(published_place: Place, tmp_path_factory: pytest.TempPathFactory) -> Place:
    return published_place.copy(tmp_path_factory.mktemp("disk_full") / "place")


def refresh(place: Place, accident: object, step: str) -> subprocess.CompletedProcess[str]:
    return run(LAUNCHER, accident, step, place.built, *place.options(), DAY)


def state(place: Place) -> dict[str, Any]:
    """What readers get, what is kept, and what the next refresh starts from."""
    return {
        "served": place.checksum(),
        "releases": sorted(path.name for path in (place.out / "releases").iterdir()),
        "landings": sorted(path.name for path in (place.out / ".refresh/landed").glob("*.duckdb")),
    }


def served(place: Place) -> str:
    kept = run("-m", "arr_ledger.cli", "releases", "--out", place.out, "--json").stdout
    (release,) = [each["release_id"] for each in json.loads(kept) if each["is_served"]]
    return release


def next_one_works(place: Place) -> None:
    done = refresh(place, "nothing", "nothing")
    assert done.returncode == 0, done.stderr
    assert "Not tidied up" not in done.stderr
    assert place.left_over() == []
    after = state(place)
    assert f"{served(place)}.duckdb" in after["landings"]
    assert [f"{name}.duckdb" for name in after["releases"]] == after["landings"]


@pytest.mark.parametrize("room", ROOMS)
@pytest.mark.parametrize("step", NAMES)
def test_a_full_disk_at_any_step_changes_nothing_or_publishes(
    step: str, room: int, place: Place
) -> None:
    if step == "build_ledger":
        # what dbt needs to begin with, and not enough for its tables
        room += BUILD_ROOM
    before = state(place)
    done = refresh(place, room, step)
    assert "Traceback" not in done.stderr
    if done.returncode == 0:
        assert served(place) in done.stdout
        assert place.checksum() != before["served"]
    else:
        assert NAMES.index(step) <= PUBLISHES
        lines = done.stderr.splitlines()
        first_line = next(line for line in lines if not line.startswith(SHOWN))
        assert first_line.startswith(f"Error: {place.out}: the disk is full ("), done.stderr
        assert first_line.endswith("; make room there and run it again.")
        assert lines[-1] == f"Still served: release {served(place)}."
        assert state(place) == before
        assert place.left_over() == []
    next_one_works(place)


@pytest.mark.parametrize(("step", "moment"), KILLS)
def test_a_kill_between_any_two_steps_leaves_a_whole_release(
    step: str, moment: str, place: Place
) -> None:
    before = state(place)
    done = refresh(place, moment, step)
    assert done.returncode == -signal.SIGKILL
    if NAMES.index(step) <= PUBLISHES and moment == "before":
        assert place.checksum() == before["served"]
        assert set(before["releases"]) <= set(state(place)["releases"])
    else:
        assert place.checksum() != before["served"]
    assert served(place)
    next_one_works(place)


def test_a_full_disk_is_named_with_the_file_that_found_no_room(place: Place) -> None:
    places = {
        "land_extracts": ", at .refresh/work/arr_ledger.duckdb;",
        "write_marts": ", at releases/.unfinished-",
        "stage_release": ", at .unfinished-arr_ledger.duckdb;",
    }
    for step, where in places.items():
        assert where in refresh(place, SMALL, step).stderr


def test_a_full_disk_is_heard_among_what_dbt_says_of_its_log_that_found_no_room_either() -> None:
    full = "OSError: [Errno 28] No space left on device"
    error = json.dumps({"info": {"level": "error", "name": "X", "msg": "1 of 3 ERROR"}})
    lines = ["--- Logging error ---", full, "Message: 'x'", error, "Arguments: ()"]
    assert follow(lines, lambda *_: None) == full
    assert follow(lines[2:4], lambda *_: None) == "1 of 3 ERROR"


def test_a_rollback_on_a_full_disk_is_refused_and_leaves_nothing(place: Place) -> None:
    next_one_works(place)
    before, release = state(place), served(place)
    done = run(
        "-c",
        "import resource; from arr_ledger import cli\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, resource.RLIM_INFINITY))\n"
        "cli.main()",
        *("rollback", "--out", place.out),
    )
    assert done.returncode == 1, done.stderr
    assert done.stderr.startswith(f"Error: {place.out}: the disk is full (")
    assert (state(place), served(place)) == (before, release)
    assert place.left_over() == []

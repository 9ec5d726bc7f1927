"""Refreshes that are killed or collide, with a BI session that reads all the time."""

from __future__ import annotations

import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import duckdb
import pytest
from landing_extracts import CUSTOMERS, write_extracts
from published_place import DAY, LINES, Place, arr_ledger

from arr_ledger.landing.declared import PROJECT_FOLDER
from arr_ledger.refresh import RefreshBusyError
from arr_ledger.refresh.files import extracts_sha256
from arr_ledger.refresh.lock import locked

IS_LONG = "ARR_LEDGER_TORTURE" in os.environ
KILLS = 40 if IS_LONG else 3
SEED = 20260702
PAGE = PROJECT_FOLDER / "docs" / "how_to" / "connect_a_bi_tool.md"
READER = Path(__file__).with_name("reader.py")
BOOKS = {"extracts": "1500.00", "other_extracts": "1560.00"}


def moments() -> list[float]:
    """Where to kill, in parts of a whole refresh; the short form keeps to what is cheap."""
    chance = random.Random(SEED)
    if IS_LONG:
        return [chance.uniform(0, 1.05) for _ in range(KILLS)]
    # one in every stretch of a logarithmic scale from 1/100 to 1/2 of it
    return [0.5 * 50 ** -((number + chance.random()) / KILLS) for number in range(KILLS)]


@dataclass
class Running:
    """A refresh in a session of its own, so that its dbt can be killed with it or live on."""

    place: Place
    process: subprocess.Popen[str]

    def kill(self) -> None:
        """The refresh and its dbt."""
        self.kill_what_is_left()
        self.process.wait()

    def kill_parent(self) -> None:
        self.process.kill()
        self.process.wait()

    def kill_what_is_left(self) -> None:
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return
        wait_for(lambda: not is_locked(self.place))

    def has_dbt(self) -> bool:
        return (self.place.out / ".refresh" / "work" / "logs").exists()


@dataclass
class Reading:
    """What the reader saw; its reads are there when it has ended."""

    lines: Path
    reads: list[dict[str, Any]] = field(default_factory=list)

    def so_far(self) -> int:
        return len(self.lines.read_text().splitlines())

    def not_a_release(self) -> list[dict[str, Any]]:
        return [read for read in self.reads if "release" not in read]

    def arr(self) -> set[str]:
        return {read["arr"] for read in self.reads if "arr" in read}


@pytest.fixture(scope="module")
def place(published_place: Place, tmp_path_factory: pytest.TempPathFactory) -> Place:
    """The shared place with a second book: the same customer pays a little more."""
    place = published_place.copy(tmp_path_factory.mktemp("kills") / "place")
    other = LINES.replace("1500", "1560")
    extracts = write_extracts(place.folder / "other", subscription_lines=other, customers=CUSTOMERS)
    extracts.rename(place.folder / "other_extracts")
    return place


@contextmanager
def running(place: Place, extracts: str) -> Iterator[Running]:
    command = [sys.executable, "-m", "arr_ledger.cli", *place.options(extracts), DAY]
    with subprocess.Popen(
        [*map(str, command)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        text=True,
    ) as process:
        refresh = Running(place, process)
        try:
            yield refresh
        finally:
            refresh.kill()


@contextmanager
def reader(place: Place) -> Iterator[Reading]:
    (snippet,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    books = {hash_of(place.folder / name): arr for name, arr in BOOKS.items()}
    reading = Reading(place.folder / "reads.jsonl")
    with (
        reading.lines.open("w") as output,
        subprocess.Popen(
            [sys.executable, READER, place.served, snippet, json.dumps(books)],
            stdin=subprocess.PIPE,
            stdout=output,
        ) as process,
    ):
        try:
            yield reading
        finally:
            process.stdin.close()
            process.wait()
            reading.reads += [json.loads(line) for line in reading.lines.read_text().splitlines()]
    assert process.returncode == 0


def hash_of(extracts: Path) -> str:
    """What a release says of these extracts."""
    files = {
        path.relative_to(extracts).as_posix(): sha256(path.read_bytes()).hexdigest()
        for path in extracts.glob("*/*")
    }
    return extracts_sha256(files)


def is_locked(place: Place) -> bool:
    try:
        with locked(place.out / ".refresh" / "lock"):
            return False
    except RefreshBusyError:
        return True


def wait_for(happened: Any) -> None:
    """Gives up only where a machine would have to be stuck."""
    for _ in range(6000):
        if happened():
            return
        time.sleep(0.05)
    pytest.fail("it never happened")


def test_of_two_refreshes_at_once_and_of_an_orphaned_dbt_one_runs_and_the_other_ends_with_75(
    place: Place,
) -> None:
    before = place.checksum()
    with running(place, "other_extracts") as first:
        wait_for(first.has_dbt)
        second = place.refresh(DAY)
        assert first.process.poll() is None
        assert (second.returncode, second.stdout) == (os.EX_TEMPFAIL, "")
        assert f"another refresh is running (process {first.process.pid}, since" in second.stderr
        assert first.has_dbt(), "the second took the work of the first away"
        first.kill_parent()
        assert is_locked(place), "dbt lives on and still holds the lock"
        third = place.refresh(DAY)
        assert (third.returncode, third.stdout) == (os.EX_TEMPFAIL, "")
        assert first.has_dbt()
    assert not is_locked(place)
    assert place.checksum() == before


def test_no_kill_at_any_point_shows_a_reader_a_part_or_leaves_anything(
    place: Place, evidence: Any
) -> None:
    """Whole refreshes; killed with their dbt, or alone so that dbt is orphaned."""
    # the first one ran the unit tests as well, which those of the same code leave out
    whole = 0.55 * json.loads((place.folder / "refresh.json").read_text())["seconds"]
    print(f"seed {SEED}, {KILLS} kills in refreshes of {whole:.0f} s")
    killed = 0
    with reader(place) as reading:
        for number, moment in enumerate(moments()):
            with running(place, list(BOOKS)[(number + 1) % 2]) as refresh:
                try:
                    refresh.process.wait(whole * moment)
                    assert refresh.process.returncode == 0
                except subprocess.TimeoutExpired:
                    killed += 1
                    if number % 2:
                        refresh.kill_parent()
        done = arr_ledger(*place.options("other_extracts"), DAY)
        assert done.returncode == 0, done.stderr
        assert place.left_over() == []
        count = len((place.folder / "reads.jsonl").read_text().splitlines())
        wait_for(lambda: len((place.folder / "reads.jsonl").read_text().splitlines()) > count + 1)
    assert killed > KILLS / 2
    assert reading.not_a_release() == []
    assert len(reading.reads) > KILLS
    assert reading.arr() == set(BOOKS.values())
    releases = sorted((place.out / "releases").iterdir())
    assert len(releases) > 1
    for release in releases:
        facts = json.loads((release / "release.json").read_text())
        # later ones are of the same code
        assert facts["unit_tests"]["release_id"] == releases[0].name
        with duckdb.connect(str(release / "arr_ledger.duckdb"), read_only=True) as connection:
            row = connection.execute("select release_id from marts._release").fetchone()
        assert row == (release.name,)
    evidence.note("whole refreshes killed at random points", killed)
    evidence.note("reads of the served file meanwhile, each one whole release", len(reading.reads))

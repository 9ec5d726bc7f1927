"""Folders that are read-only, extracts that cannot be read, a reader that never lets go."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from landing_extracts import write_extracts
from published_place import DAY, LINES, Place, serve

from arr_ledger.refresh.folders import Folders
from arr_ledger.refresh.publish import Release
from arr_ledger.refresh.releases import take_away_old

HOLD = """
import duckdb, sys
connection = duckdb.connect(sys.argv[1], read_only=True)
for _ in sys.stdin:
    rows = "select count(*), sum(ending_arr) from marts.rpt_arr_bridge_monthly"
    release = connection.execute("select release_id from marts._release").fetchone()
    print(*release, *connection.execute(rows).fetchone(), flush=True)
"""


def as_anybody() -> list[str]:
    """What makes root mind the permissions of files too; nothing for other users."""
    if os.geteuid():
        return []
    if shutil.which("setpriv") is None:
        pytest.skip("root minds no permissions, and there is no setpriv to give that right up")
    rights = "-dac_override,-dac_read_search"
    prefix = ["setpriv", f"--bounding-set={rights}", f"--inh-caps={rights}"]
    if subprocess.run([*prefix, "true"], capture_output=True, check=False).returncode:
        pytest.skip("root minds no permissions, and may not give that right up here")
    return prefix


def refresh(place: Place) -> subprocess.CompletedProcess[str]:
    command = [*as_anybody(), sys.executable, "-m", "arr_ledger.cli", *place.options(), DAY]
    return subprocess.run([*map(str, command)], capture_output=True, text=True, check=False)


def refused(place: Place) -> str:
    """The first line of what the refresh said."""
    done = refresh(place)
    assert done.returncode == 1, done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    return done.stderr.splitlines()[0]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    write_extracts(tmp_path, subscription_lines=LINES)
    return Place(tmp_path)


def test_a_folder_that_nobody_may_write_to_is_named(place: Place) -> None:
    place.out.mkdir()
    place.out.chmod(0o555)
    assert refused(place) == (
        f"Error: {place.out}/.refresh: cannot be written (Permission denied); name a folder with"
        " --out that the refresh may write to."
    )
    assert list(place.out.iterdir()) == []


def test_a_folder_that_nobody_may_write_to_any_more_keeps_what_it_serves(
    published_place: Place, tmp_path: Path
) -> None:
    place = published_place.copy(tmp_path / "place")
    before = place.checksum()
    for folder in (place.out, place.out / ".refresh", place.out / "releases"):
        folder.chmod(0o555)
    said = refused(place)
    assert said.startswith(f"Error: {place.out}/.refresh/work: cannot be written (Permission")
    assert place.checksum() == before
    for folder in (place.out, place.out / ".refresh", place.out / "releases"):
        folder.chmod(0o755)


def test_a_folder_below_a_file_is_named(place: Place) -> None:
    place.out.write_text("not a folder")
    assert refused(place).endswith(f"Directory '{place.out}' is a file.")
    below = Place(place.out)
    assert refused(below) == (
        f"Error: {below.out}: cannot be written (Not a directory); name a folder with"
        " --out that the refresh may write to."
    )
    assert place.out.read_text() == "not a folder"


@pytest.mark.parametrize("name", ["custom_billing", "custom_billing/subscription_lines.csv"])
def test_extracts_that_cannot_be_read_are_named(name: str, place: Place) -> None:
    path = place.folder / "extracts" / name
    path.chmod(0)
    said = refused(place)
    path.chmod(0o755)
    assert name in said
    assert "cannot be read (Permission denied); check its permissions." in said
    assert not place.served.exists()
    assert place.left_over() == []


def test_a_parent_folder_that_is_not_there_is_made(place: Place) -> None:
    (place.folder / "extracts" / "custom_billing" / "subscription_lines.csv").write_text("")
    deep = Place(place.folder / "not" / "there")
    deep.folder.mkdir(parents=True)
    (deep.folder / "extracts").symlink_to(place.folder / "extracts")
    assert "custom_billing/subscription_lines.csv" in refused(deep)
    assert deep.out.is_dir()


def test_a_reader_that_never_lets_go_keeps_its_release_over_three_more(
    published_place: Place, tmp_path: Path
) -> None:
    folders = Folders(tmp_path)
    folders.prepare()
    built = published_place.built
    manifest = json.loads((built / "target" / "manifest.json").read_text())

    def publish(name: str) -> None:
        facts = Release(name, "2026-07-01 06:00:00", "2026-06-30", "a" * 64, "1", "1", 1, None)
        serve(built / folders.served.name, manifest, facts, folders)
        take_away_old(folders, keep=1, served=name)

    def opened() -> subprocess.Popen[str]:
        command = [sys.executable, "-c", HOLD, folders.served]
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def seen(by: subprocess.Popen[str]) -> list[str]:
        by.stdin.write("\n")
        by.stdin.flush()
        return by.stdout.readline().split()

    publish("r1")
    with opened() as holding:
        first = seen(holding)
        assert first[0] == "r1"
        for name in ("r2", "r3", "r4"):
            publish(name)
            assert seen(holding) == first
            with opened() as new:
                assert seen(new) == [name, *first[1:]]
                new.stdin.close()
        holding.stdin.close()
    assert [path.name for path in folders.releases.iterdir()] == ["r4"]

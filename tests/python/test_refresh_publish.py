"""What is published of a build, how readers come to see it, and what a kill leaves behind."""

from __future__ import annotations

import json
import os
import random
import signal
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import duckdb
import pytest
from published_place import Place, serve

from arr_ledger.refresh import RefreshBusyError, RefreshRefusedError, list_releases, roll_back
from arr_ledger.refresh.folders import Folders
from arr_ledger.refresh.lock import locked
from arr_ledger.refresh.publish import Release, marts_of
from arr_ledger.refresh.releases import take_away_old

KILLS = 250 if "ARR_LEDGER_TORTURE" in os.environ else 15
PUBLISH = """
import json, sys
from pathlib import Path

built, manifest, out, number, helpers = sys.argv[1:]
sys.path.append(helpers)
from arr_ledger.refresh.folders import Folders
from arr_ledger.refresh.lock import locked
from arr_ledger.refresh.publish import Release
from arr_ledger.refresh.releases import settle
from published_place import serve

folders = Folders(Path(out))
folders.prepare()
with locked(folders.lock):
    settle(folders)
    name = f"r{int(number):04}"
    release = Release(name, "2026-07-01 06:00:00", "2026-06-30", number, "1", "1", 1, None)
    read = json.loads(Path(manifest).read_text())
    print("begun", flush=True)
    serve(Path(built), read, release, folders)
"""
READ = """
import duckdb, sys
connection = duckdb.connect(sys.argv[1], read_only=True)
(release,), = connection.execute("select release_id from marts._release").fetchall()
tables = connection.execute(
    "select table_name from duckdb_tables()"
    " where schema_name = 'marts' and table_name <> '_release'"
).fetchall()
rows = sum(
    connection.execute(f"select count(*) from marts.{name}").fetchone()[0] for (name,) in tables
)
print(release, rows)
"""
HOLD = """
import duckdb, sys
connection = duckdb.connect(sys.argv[1], read_only=True)
for _ in sys.stdin:
    row = connection.execute("select release_id from marts._release").fetchone()
    print(row[0], flush=True)
"""


def release(name: str) -> Release:
    return Release(name, "2026-07-01 06:00:00", "2026-06-30", "a" * 64, "0.1.0", "1.5.6", 7, None)


@pytest.fixture(scope="module")
def manifest(sample_database: Path) -> dict[str, Any]:
    return json.loads((sample_database.parent / "target" / "manifest.json").read_text())


@pytest.fixture(scope="module")
def published(
    sample_database: Path, manifest: dict[str, Any], tmp_path_factory: pytest.TempPathFactory
) -> Folders:
    """The sample company, published as release r1."""
    folders = Folders(tmp_path_factory.mktemp("published"))
    folders.prepare()
    serve(sample_database, manifest, release("r1"), folders)
    return folders


def rows_of(file: Path, names: list[str]) -> dict[str, tuple]:
    """Count and order-free checksum of each mart."""
    with duckdb.connect(str(file), read_only=True) as connection:
        return {
            name: connection.execute(
                f"select count(*), sum(cast(hash(t) as hugeint)) from marts.{name} as t"
            ).fetchone()
            for name in names
        }


def test_every_mart_is_published_row_for_row(
    published: Folders, sample_database: Path, manifest: dict[str, Any]
) -> None:
    names = [mart.name for mart in marts_of(manifest)]
    assert len(names) > 25
    assert rows_of(published.served, names) == rows_of(sample_database, names)


def test_a_release_says_what_it_is(published: Folders) -> None:
    with duckdb.connect(str(published.served), read_only=True) as connection:
        row = connection.execute(
            "select release_id, as_of_date::varchar, extracts_sha256, tests_run,"
            " published_rows > 100000 from marts._release"
        ).fetchall()
    assert row == [("r1", "2026-06-30", "a" * 64, 7, True)]


def test_nothing_of_staging_or_of_raw_data_is_published(
    published: Folders, manifest: dict[str, Any]
) -> None:
    with duckdb.connect(str(published.served), read_only=True) as connection:
        tables = connection.execute(
            "select table_schema || '.' || table_name from information_schema.tables"
        ).fetchall()
    marts = marts_of(manifest)
    allowed = {f"marts.{mart.name}" for mart in marts} | {"marts._release"}
    allowed |= {parent for mart in marts if mart.is_view for parent in mart.reads}
    assert {name for (name,) in tables} == allowed
    assert not [name for name in allowed if name.split(".")[0] not in ("marts", "intermediate")]


def test_views_of_a_release_work_under_whatever_name_it_is_attached(
    published: Folders, manifest: dict[str, Any]
) -> None:
    views = [mart.name for mart in marts_of(manifest) if mart.is_view]
    assert "fct_customer_arr_monthly" in views
    with duckdb.connect() as connection:
        connection.execute(f"attach '{published.served}' as finance (read_only)")
        for name in views:
            assert connection.execute(f"select count(*) > 0 from finance.marts.{name}").fetchone()[
                0
            ]


def test_a_parquet_file_stands_beside_the_database_for_every_table(
    published: Folders, manifest: dict[str, Any]
) -> None:
    folder = published.releases / "r1" / "parquet"
    names = {mart.name for mart in marts_of(manifest) if not mart.is_view} | {"_release"}
    assert {path.stem for path in folder.iterdir()} == names
    # views of the build that a release holds as tables
    assert {"fct_customer_arr_spans", "fct_arr_movements"} <= names
    with duckdb.connect() as connection:
        bridge = folder / "rpt_arr_bridge_monthly.parquet"
        counted = connection.execute(f"select count(*) from read_parquet('{bridge}')").fetchone()
    assert (
        counted[0]
        == rows_of(published.served, ["rpt_arr_bridge_monthly"])["rpt_arr_bridge_monthly"][0]
    )


def test_readers_cannot_write_what_is_served(published: Folders) -> None:
    files = [published.served, *(published.releases / "r1").rglob("*.*")]
    writable = stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH
    assert [path for path in files if path.is_file() and path.stat().st_mode & writable] == []


def test_who_has_the_old_release_open_keeps_it_and_who_opens_it_anew_gets_the_new_one(
    sample_database: Path, manifest: dict[str, Any], tmp_path: Path
) -> None:
    folders = Folders(tmp_path)
    folders.prepare()
    serve(sample_database, manifest, release("r1"), folders)
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, folders.served],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holding:

        def seen() -> str:
            holding.stdin.write("\n")
            holding.stdin.flush()
            return holding.stdout.readline().strip()

        assert seen() == "r1"
        serve(sample_database, manifest, release("r2"), folders)
        assert seen() == "r1"
        assert [each.is_served for each in list_releases(tmp_path)] == [True, False]
        assert roll_back(tmp_path).release_id == "r1"
        assert [each.release_id for each in list_releases(tmp_path) if each.is_served] == ["r1"]
        with pytest.raises(RefreshRefusedError, match="no release before the served one is kept"):
            roll_back(tmp_path)
        with pytest.raises(RefreshRefusedError, match="release r9 is not kept; there are r2, r1"):
            roll_back(tmp_path, "r9")
        holding.stdin.close()
    assert take_away_old(folders, keep=1, served="r1") == []
    roll_back(tmp_path, "r2")
    assert take_away_old(folders, keep=1, served="r2") == ["r1"]
    assert [each.release_id for each in list_releases(tmp_path)] == ["r2"]


def test_a_child_of_a_killed_refresh_keeps_the_lock_until_it_ends(tmp_path: Path) -> None:
    lock = tmp_path / "out" / ".refresh" / "lock"
    lock.parent.mkdir(parents=True)
    script = (
        "import subprocess, sys, time\n"
        "from pathlib import Path\n"
        "from arr_ledger.refresh.lock import locked\n"
        "with locked(Path(sys.argv[1])) as lock:\n"
        "    child = subprocess.Popen(['sleep', '60'], pass_fds=[lock])\n"
        "    print(child.pid, flush=True)\n"
        "    time.sleep(60)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, lock], stdout=subprocess.PIPE, text=True
    ) as parent:
        orphan = int(parent.stdout.readline())
        parent.kill()
        parent.wait()
        with pytest.raises(RefreshBusyError, match="another refresh is running"), locked(lock):
            pass
        subprocess.run(["kill", "-9", str(orphan)], check=True)
    for _ in range(50):
        try:
            with locked(lock):
                return
        except RefreshBusyError:
            time.sleep(0.1)
    pytest.fail("the lock outlived the orphan")


def test_a_kill_while_publishing_never_shows_a_reader_a_part(
    published_place: Place, tmp_path: Path, evidence: Any
) -> None:
    """At random points, with a reader in a loop: every read is one whole release."""
    chance = random.Random(20260701)
    folders = Folders(tmp_path)
    built = published_place.built / folders.served.name
    manifest_file = published_place.built / "target" / "manifest.json"
    reads: list[tuple[str, str]] = []
    wrong: list[str] = []
    stop = threading.Event()

    def publish(number: int, seconds: float | None) -> bool:
        """Whether it came to its end; killed after so many seconds otherwise."""
        arguments = [built, manifest_file, tmp_path, str(number), Path(__file__).parent]
        with subprocess.Popen(
            [sys.executable, "-c", PUBLISH, *arguments], stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout.readline() == "begun\n"
            try:
                return process.wait(seconds) == 0
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
                return False

    def read() -> None:
        while not stop.is_set():
            done = subprocess.run(
                [sys.executable, "-c", READ, folders.served],
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode:
                wrong.append(done.stderr.strip().splitlines()[-1])
            else:
                reads.append(tuple(done.stdout.split()))

    started = time.monotonic()
    assert publish(0, None)
    whole = time.monotonic() - started
    reader = threading.Thread(target=read)
    reader.start()
    ended = [publish(number, chance.uniform(0, whole)) for number in range(1, KILLS + 1)]
    stop.set()
    reader.join()
    # the others had published before they were to be killed: machines are not evenly fast
    assert ended.count(False) >= KILLS / 5
    assert wrong == []
    assert len(reads) > KILLS / 2
    assert {rows for _, rows in reads} == {reads[0][1]}, "two releases mixed"
    assert publish(KILLS + 1, None)
    assert not list(tmp_path.glob(".unfinished-*"))
    assert not list(folders.releases.glob(".unfinished-*"))
    assert not folders.work.exists()
    evidence.note("publish steps killed at random points", ended.count(False))
    evidence.note("reads during the publish steps, each one whole release", len(reads))

"""What lies beside the served file, what was changed in it, and what is no release: none of it is
read as one.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest
from click.testing import CliRunner
from published_place import serve

from arr_ledger.cli import cli
from arr_ledger.refresh import RefreshRefusedError, list_releases, releases, roll_back
from arr_ledger.refresh.folders import Folders
from arr_ledger.refresh.landed import forget_landings, landing_of
from arr_ledger.refresh.publish import Release
from arr_ledger.refresh.releases import kept_releases, next_number, settle, strangers, take_away_old
from arr_ledger.refresh.serve import (
    close_to_others,
    contents_in,
    read_back,
    served_release,
    uninterrupted,
)

# a log is written by a process that ends without a checkpoint
FORGE = """
import duckdb, os, sys
connection = duckdb.connect(sys.argv[1])
connection.execute("pragma disable_checkpoint_on_shutdown")
connection.execute(sys.argv[2])
os._exit(0)
"""
FORGERIES = {
    "a row": "update marts.rpt_ndr_grr_monthly set ndr = 9.99",
    "a view": "create or replace view marts.newest as select 9.99 as ndr",
    "a macro": "create macro marts.ndr() as 9.99",
    "a table": "create table marts.more as select 1 as one",
    "a table less": "drop table marts.second",
}


def node(name: str, is_view: bool = False, *parents: str) -> dict[str, Any]:
    return {
        "resource_type": "model",
        "name": name,
        "schema": "marts",
        "config": {"materialized": "view" if is_view else "table"},
        "depends_on": {"nodes": [f"model.p.{parent}" for parent in parents]},
    }


MANIFEST = {
    "nodes": {
        "model.p.rpt_ndr_grr_monthly": node("rpt_ndr_grr_monthly"),
        "model.p.second": node("second"),
        "model.p.newest": node("newest", True, "rpt_ndr_grr_monthly"),
    }
}


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    """Two releases of three marts, NDR 1.01 in the first and 1.02 in the second."""
    folders = Folders(tmp_path / "out")
    folders.prepare()
    for number in (1, 2):
        publish(folders, number)
    return folders


def publish(folders: Folders, number: int, release_id: str = "", replaces: str = "") -> None:
    built = folders.out.parent / f"{number}" / "arr_ledger.duckdb"
    built.parent.mkdir()
    with duckdb.connect(str(built)) as connection:
        connection.execute("create schema marts")
        connection.execute(
            f"create table marts.rpt_ndr_grr_monthly as select 1.0{number} as ndr;"
            "create table marts.second as from range(10);"
            "create view marts.newest as from marts.rpt_ndr_grr_monthly"
        )
    facts = ("2026-07-01 06:00:00", "2026-06-30", "a" * 64, "1", "1", 1, None)
    name = release_id or f"r{number}"
    release = Release(name, *facts, number=next_number(folders), replaces=replaces)
    serve(built, MANIFEST, release, folders)


def ndr(folders: Folders) -> str:
    with duckdb.connect(str(folders.served), read_only=True) as connection:
        return str(connection.execute("select ndr from marts.newest").fetchone()[0])


def forge_log(folders: Folders, statement: str) -> None:
    own = folders.out.parent / "own.duckdb"
    shutil.copyfile(folders.served, own)
    own.chmod(0o644)
    subprocess.run([sys.executable, "-c", FORGE, own, statement], check=True)
    shutil.move(f"{own}.wal", f"{folders.served}.wal")


@pytest.mark.parametrize("statement", FORGERIES.values(), ids=FORGERIES.keys())
def test_a_log_beside_the_served_file_is_no_part_of_what_is_published(
    statement: str, folders: Folders
) -> None:
    audited = contents_in(folders.served)
    forge_log(folders, statement)
    with pytest.raises(RefreshRefusedError, match="what readers get is not what was audited"):
        read_back(folders.served, audited)
    shutil.copyfile(f"{folders.served}.wal", f"{folders.served}.wal.checkpoint")
    publish(folders, 3)
    assert ndr(folders) == "1.03"
    assert [path.name for path in folders.out.glob("*.wal*")] == []


def test_a_log_that_a_reader_laid_is_taken_away_and_said_before_anything_else(
    folders: Folders,
) -> None:
    forge_log(folders, FORGERIES["a row"])
    assert ndr(folders) == "9.99"
    (told,) = settle(folders)
    assert told.startswith(f"{folders.served}.wal was laid beside the served file, so that")
    assert ndr(folders) == "1.02"
    assert settle(folders) == []


def test_a_log_does_not_outlive_a_rollback_which_says_so(folders: Folders) -> None:
    forge_log(folders, FORGERIES["a row"])
    done = CliRunner().invoke(cli, ["rollback", "--out", str(folders.out)])
    assert done.exit_code == 0
    assert f"Notice: {folders.served}.wal was laid beside the served file" in done.stderr
    assert ndr(folders) == "1.01"


def test_a_served_file_that_is_gone_is_put_back(folders: Folders) -> None:
    folders.served.unlink()
    assert len(settle(folders)) == 1
    assert ndr(folders) == "1.02"


def test_a_hash_that_was_changed_with_its_file_vouches_for_nothing(folders: Folders) -> None:
    """What release.json says lies beside the file; what was kept in private does not."""
    kept = folders.releases / "r1"
    facts = json.loads((kept / "release.json").read_text())
    folders.hashes("r1").write_text(json.dumps({"file_sha256": facts["file_sha256"]}))
    for path in kept.iterdir():
        path.chmod(0o755 if path.is_dir() else 0o644)
    with duckdb.connect(str(kept / folders.served.name)) as connection:
        connection.execute(FORGERIES["a row"])
    changed = hashlib.sha256((kept / folders.served.name).read_bytes()).hexdigest()
    (kept / "release.json").write_text(json.dumps(facts | {"file_sha256": changed}))
    with pytest.raises(RefreshRefusedError, match="is not the file that was published"):
        roll_back(folders.out)


def test_an_interrupt_does_not_reach_the_step_to_another_release() -> None:
    # A shell that started the tests in the background has them ignore interrupts.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with uninterrupted():
            os.kill(os.getpid(), signal.SIGINT)
            os.kill(os.getpid(), signal.SIGTERM)
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)
    finally:
        signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize("content", [b"DUCK?", b""])
def test_a_served_file_that_was_cut_is_put_back(content: bytes, folders: Folders) -> None:
    folders.served.chmod(0o644)
    folders.served.write_bytes(content)
    assert served_release(folders) is None
    (told,) = settle(folders)
    assert told == (
        f"{folders.served} is not the file that was published as r2; that one is served again."
    )
    assert ndr(folders) == "1.02"


def test_a_served_file_whose_rows_were_changed_is_put_back(folders: Folders) -> None:
    roll_back(folders.out)
    folders.served.chmod(0o644)
    with duckdb.connect(str(folders.served)) as connection:
        connection.execute(FORGERIES["a row"])
    (told,) = settle(folders)
    assert "published as r1" in told
    assert ndr(folders) == "1.01"


def test_a_kept_release_that_was_changed_is_not_served_again(folders: Folders) -> None:
    kept = folders.releases / "r1" / folders.served.name
    kept.chmod(0o644)
    with duckdb.connect(str(kept)) as connection:
        connection.execute(FORGERIES["a row"])
    with pytest.raises(RefreshRefusedError, match="is not the file that was published; choose"):
        roll_back(folders.out)
    assert ndr(folders) == "1.02"
    assert not list(folders.out.glob(".unfinished-*"))


def test_what_is_no_release_is_left_alone_and_named(folders: Folders) -> None:
    (folders.releases / "r0").mkdir()
    (folders.releases / "notes.txt").write_text("do not delete")
    (folders.releases / "r9").mkdir()
    (folders.releases / "r9" / "release.json").write_text('{"release_id":')
    shutil.copytree(folders.releases / "r1", folders.releases / "copy of r1")
    assert [facts["release_id"] for facts in kept_releases(folders)] == ["r2", "r1"]
    assert sorted(each.split(" is no release")[0] for each in strangers(folders)) == [
        "releases/copy of r1",
        "releases/notes.txt",
        "releases/r0",
        "releases/r9",
    ]
    assert take_away_old(folders, 1, "r2") == ["r1"]
    assert len(strangers(folders)) == 4
    listed = CliRunner().invoke(cli, ["releases", "--out", str(folders.out)])
    assert listed.exit_code == 0
    assert "releases/notes.txt is no release and is left alone" in listed.stderr


def test_a_release_that_is_half_removed_is_none(
    folders: Folders, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed after the first file was gone: what is left has no name of a release."""

    def killed(folder: Path) -> None:
        (folder / "release.json").unlink()
        raise KeyboardInterrupt

    monkeypatch.setattr(releases, "remove", killed)
    with pytest.raises(KeyboardInterrupt):
        take_away_old(folders, 1, "r2")
    monkeypatch.undo()
    assert [each.release_id for each in list_releases(folders.out)] == ["r2"]
    assert settle(folders) == []
    assert [path.name for path in folders.releases.iterdir()] == ["r2"]


def test_a_release_that_was_served_and_not_yet_named_is_named_by_the_next_run(
    folders: Folders,
) -> None:
    (folders.releases / "r2").rename(folders.releases / ".unfinished-r2")
    assert [(each.release_id, each.is_served) for each in list_releases(folders.out)] == [
        ("r2", True),
        ("r1", False),
    ]
    assert settle(folders) == []
    assert [facts["release_id"] for facts in kept_releases(folders)] == ["r2", "r1"]


def test_the_release_before_is_the_one_published_before_whatever_the_clock_said(
    folders: Folders,
) -> None:
    publish(folders, 3, release_id="r0 of a clock set back")
    assert [each.release_id for each in list_releases(folders.out)] == [
        "r0 of a clock set back",
        "r2",
        "r1",
    ]
    assert roll_back(folders.out).release_id == "r2"
    assert take_away_old(folders, 2, "r2") == ["r1"]


def test_a_rollback_passes_over_a_release_that_was_rolled_back_itself(folders: Folders) -> None:
    assert roll_back(folders.out).release_id == "r1"
    publish(folders, 3, replaces="r1")
    assert roll_back(folders.out).release_id == "r1"
    assert roll_back(folders.out, "r3").release_id == "r3"
    shutil.rmtree(folders.releases / "r1")
    assert roll_back(folders.out).release_id == "r2"


def test_the_next_landing_starts_from_that_of_the_release_that_is_served(folders: Folders) -> None:
    """So what was learned from a mistaken day goes with a rollback."""
    assert landing_of("r2", folders) is None
    folders.earlier_landing.write_text("of an earlier version")
    assert landing_of("r2", folders) == folders.earlier_landing
    for name in ("r1", "r2", "r3, never served"):
        folders.landing(name).write_text(name)
    roll_back(folders.out)
    start = landing_of(served_release(folders), folders)
    assert start == folders.landing("r1")
    forget_landings(folders, {"r1", "r2"})
    assert sorted(path.stem for path in folders.landings.iterdir()) == ["r1", "r2"]
    assert not folders.earlier_landing.exists()


def test_others_may_not_write_where_readers_read(tmp_path: Path) -> None:
    assert close_to_others(tmp_path) is None
    tmp_path.chmod(0o777)
    assert "others could write here (mode 777)" in str(close_to_others(tmp_path))
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755
    assert close_to_others(tmp_path) is None


def test_where_the_right_cannot_be_taken_away_it_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tmp_path.chmod(0o775)

    def denied(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "chmod", denied)
    assert "accounts that read may also write here" in str(close_to_others(tmp_path))
    monkeypatch.undo()
    tmp_path.chmod(0o755)

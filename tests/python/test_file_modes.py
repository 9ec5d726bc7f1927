"""Who may read and write what the commands leave, whatever umask they are run with."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from landing_extracts import LINES, write_extracts
from stand_in_build import stands_in
from test_closing_files import database

from arr_ledger.cli import cli
from arr_ledger.refresh import RefreshRefusedError, steps

__all__ = ["database", "stands_in"]  # fixtures
OTHERS = 0o077
OTHERS_WRITE = 0o022


@pytest.fixture(params=[0o000, 0o077], ids=["umask 000", "umask 077"])
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def done(umask: int, *arguments: object) -> None:
    os.umask(umask)
    result = CliRunner().invoke(cli, [str(each) for each in arguments])
    assert result.exit_code == 0, f"{result.output}{result.exception}"


def check_published(out: Path) -> None:
    assert (mode(out), mode(out / "arr_ledger.duckdb")) == (0o755, 0o444)
    releases = [out / "releases", *(out / "releases").rglob("*")]
    assert {mode(path) for path in releases if path.is_dir()} == {0o755}
    assert {mode(path) for path in releases if path.is_file()} == {0o444}
    hidden = [path for path in (out / ".refresh").rglob("*") if path.name != "lock"]
    assert len(hidden) > 2
    assert mode(out / ".refresh") == 0o700
    assert [path for path in hidden if mode(path) & OTHERS] == []


@pytest.mark.usefixtures("stands_in")
def test_what_is_published_is_read_by_all_and_written_by_none_and_the_rest_is_private(
    umask: int, tmp_path: Path
) -> None:
    extracts = write_extracts(tmp_path, subscription_lines=LINES)
    out, to = tmp_path / "out", tmp_path / "csv"
    refresh = (
        "refresh",
        "--extracts",
        extracts,
        "--out",
        out,
        "--force",
        "--vars=as_of_date: 2025-06-30",
    )
    done(umask, *refresh)
    check_published(out)
    (out / ".refresh").chmod(0o755)
    done(umask, *refresh)
    check_published(out)
    done(umask, "rollback", "--out", out)
    check_published(out)
    done(umask, "export", "--out", out, "--to", to)
    written = [to, *to.iterdir()]
    assert len(written) > 1
    assert [path for path in written if mode(path) & OTHERS_WRITE] == []


def test_what_is_in_work_during_a_refresh_is_private_file_by_file(
    umask: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    extracts = write_extracts(tmp_path, subscription_lines=LINES)
    seen: dict[str, int] = {}

    def build(database: Path, _: object, folder: Path, *__: object) -> None:
        (folder / "target").mkdir()
        (folder / "target" / "manifest.json").touch()
        seen.update({f"{each.name}": mode(each) for each in folder.rglob("*")})
        raise RefreshRefusedError("enough seen")

    monkeypatch.setattr(steps, "build", build)
    monkeypatch.setattr(steps, "_audited", lambda *_: 1)
    os.umask(umask)
    command = ["refresh", "--extracts", f"{extracts}", "--out", f"{tmp_path}/out"]
    CliRunner().invoke(cli, [*command, "--vars=as_of_date: 2025-06-30"])
    assert {"arr_ledger.duckdb", "manifest.json"} <= set(seen)
    assert {name: each for name, each in seen.items() if each & OTHERS} == {}


def test_nobody_else_may_write_what_is_frozen(umask: int, database: Path, tmp_path: Path) -> None:
    done(umask, "close", "--month=2025-05", "--closings", tmp_path, "--database", database)
    written = [tmp_path / "closings", *(tmp_path / "closings").iterdir()]
    assert len(written) > 4
    assert [path for path in written if mode(path) & OTHERS_WRITE] == []

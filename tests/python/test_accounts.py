"""One run by another account, root included, would lock the owner of a folder out."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from landing_extracts import LINES, write_extracts
from stand_in_build import stands_in

from arr_ledger.cli import cli

__all__ = ["stands_in"]  # a fixture
pytestmark = pytest.mark.usefixtures("stands_in")
DAY = "--vars={as_of_date: 2025-06-30}"
SOMEBODY_ELSE = 65_530


def refresh(folder: Path) -> Result:
    command = ["refresh", "--extracts", f"{folder}/extracts", "--out", f"{folder}/out", DAY]
    return CliRunner().invoke(cli, command)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    write_extracts(tmp_path, subscription_lines=LINES)
    return tmp_path


def whole(folder: Path) -> dict[str, tuple[int, float]]:
    return {
        f"{path.relative_to(folder)}": (path.stat().st_ino, path.stat().st_mtime)
        for path in folder.rglob("*")
    }


@pytest.mark.parametrize("account", [0, SOMEBODY_ELSE])
def test_a_folder_of_another_account_is_refused_before_anything_is_touched(
    account: int, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert refresh(place).exit_code == 0
    before = whole(place / "out")
    own = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: account if own != account else SOMEBODY_ELSE)
    for command in ([], ["rollback", "--out", f"{place}/out"]):
        done = CliRunner().invoke(cli, command) if command else refresh(place)
        assert done.exit_code == 1
        said = f"{done.output}{done.exception}"
        assert f"{place}/out/.refresh: belongs to " in said
        assert "; run it as " in said
    assert whole(place / "out") == before


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
@pytest.mark.parametrize("name", [".refresh/lock", "releases", "arr_ledger.duckdb"])
def test_what_one_run_of_another_account_left_is_named(name: str, place: Path) -> None:
    assert refresh(place).exit_code == 0
    os.chown(place / "out" / name, SOMEBODY_ELSE, -1)
    said = str(refresh(place).exception)
    assert said.startswith(f"{place}/out/{name}: belongs to account {SOMEBODY_ELSE}, and this is ")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_root_makes_nothing_in_the_empty_folder_of_a_service_and_others_may(place: Path) -> None:
    out = place / "out"
    out.mkdir()
    os.chown(out, SOMEBODY_ELSE, -1)
    command = [sys.executable, "-m", "arr_ledger.cli", "refresh"]
    command += ["--extracts", f"{place}/extracts", "--out", f"{out}", DAY]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith(f"Error: {out}: belongs to account {SOMEBODY_ELSE}, and this is")
    assert list(out.iterdir()) == []


def test_a_new_folder_and_one_of_a_group_may_be_published_to(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert refresh(place).exit_code == 0
    (place / "shared").mkdir()
    monkeypatch.setattr(os, "geteuid", lambda: SOMEBODY_ELSE)
    command = ["refresh", "--extracts", f"{place}/extracts", "--out", f"{place}/shared", DAY]
    assert CliRunner().invoke(cli, command).exit_code == 0

"""The committed seeds and answer key are what the generator writes, byte for byte."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from arr_ledger.sample import ANSWER_KEY, EXTRACTS, PROJECT

SIZE_LIMIT = 6_200_000


@pytest.fixture(scope="module")
def written_again(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sample, written by another process with another hash seed."""
    folder = tmp_path_factory.mktemp("sample")
    subprocess.run(
        [sys.executable, "-m", "arr_ledger.sample", "--out", str(folder)],
        cwd=PROJECT,
        env=os.environ | {"PYTHONHASHSEED": "4711"},
        check=True,
        capture_output=True,
    )
    return folder


def files_under(folder: Path) -> dict[str, bytes]:
    """Relative name -> content of every generated file."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix in (".csv", ".yml")
    }


@pytest.mark.parametrize("part", [EXTRACTS, ANSWER_KEY], ids=["extracts", "answer_key"])
def test_writing_the_sample_again_gives_the_committed_bytes(
    written_again: Path, part: Path
) -> None:
    again, committed = files_under(written_again / part), files_under(PROJECT / part)
    # closings are read off a build; test_sample_closings.py writes them again
    committed = {name: content for name, content in committed.items() if "closings/" not in name}
    assert again
    assert again.keys() == committed.keys()
    differing = [name for name in again if again[name] != committed[name]]
    assert not differing, f"run python -m arr_ledger.sample and commit: {differing}"


def test_the_extracts_stay_small() -> None:
    size = sum(len(content) for content in files_under(PROJECT / EXTRACTS).values())
    assert 0 < size < SIZE_LIMIT

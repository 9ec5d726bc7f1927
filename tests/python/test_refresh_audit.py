"""Where a refresh is audited, what a refusal leaves behind, and the pages kept with a release.

The build itself is replaced by the sample company, ready built.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest
from landing_extracts import HEADER, write_extracts

from arr_ledger.refresh import RefreshRefusedError, Request, list_releases, refresh, steps
from arr_ledger.refresh.build import Build
from arr_ledger.refresh.folders import Folders
from arr_ledger.refresh.progress import Progress

LINE = "L1,S1,C1,P1,pro,2024-01-01,2025-01-01,1200,12,3,USD,recurring,,,\n"
UNKNOWN = "L1,S1,,P1,pro,2024-01-01,2025-01-01,1200,12,3,USD,recurring,,,\n"


class Sample:
    """Stands in for dbt: whatever landed, the sample company is what is built."""

    def __init__(self, built: Path) -> None:
        self.built = built
        self.damage: str | None = None
        self.builds = 0

    def build(self, database: Path, variables: dict, folder: Path, *_: object) -> Build:
        self.builds += 1
        shutil.copyfile(self.built, database)
        (folder / "target").mkdir()
        shutil.copy(self.built.parent / "target" / "manifest.json", folder / "target")
        if self.damage:
            with duckdb.connect(str(database)) as connection:
                connection.execute(self.damage)
        return Build(database, 90, 1000)


@pytest.fixture
def sample(sample_database: Path, monkeypatch: pytest.MonkeyPatch) -> Sample:
    stands_in = Sample(sample_database)
    monkeypatch.setattr(steps, "build", stands_in.build)
    return stands_in


def refreshed(folder: Path, line: str = LINE) -> list[dict]:
    """Refreshes <folder>/out; returns the steps."""
    extracts = write_extracts(folder, subscription_lines=HEADER + line)
    progress = Progress(is_silent=True)
    refresh(Request(extracts, folder / "out", {"as_of_date": "2026-06-30"}), progress)
    return progress.steps


def test_a_refused_release_is_not_served_and_its_pages_are_kept(
    sample: Sample, tmp_path: Path
) -> None:
    steps = refreshed(tmp_path)
    assert [step["step"] for step in steps] == [
        *("land", "audit", "build", "audit", "render", "publish"),
    ]
    assert steps[1]["statements"] > 10
    assert steps[3]["statements"] > 60
    (first,) = list_releases(tmp_path / "out")
    folders = Folders(tmp_path / "out")
    pages = folders.releases / first.release_id / "audit"
    assert {path.name for path in pages.iterdir()} == {"index.html", "landed", "published"}
    served = folders.served.read_bytes()

    sample.damage = "update marts.rpt_arr_bridge_monthly set ending_arr = ending_arr + 1"
    with pytest.raises(RefreshRefusedError) as refused:
        refreshed(tmp_path)
    said = str(refused.value).splitlines()
    assert said[0].startswith(
        "audit published, table marts.rpt_arr_bridge_monthly, column ending_arr: "
    )
    assert f"All statements: {folders.failed / 'audit' / 'index.html'}" in said
    assert said[-1] == f"Still served: release {first.release_id}."
    assert (folders.failed / "audit" / "index.html").exists()
    assert folders.served.read_bytes() == served
    assert [path.name for path in folders.releases.iterdir()] == [first.release_id]
    assert not folders.work.exists()


def test_what_landed_is_refused_before_anything_is_built(sample: Sample, tmp_path: Path) -> None:
    with pytest.raises(RefreshRefusedError) as refused:
        refreshed(tmp_path, UNKNOWN)
    said = str(refused.value).splitlines()
    assert said[0] == (
        "audit landed, table raw_custom_billing.subscription_lines, column customer_id: At most 5%"
        " of the lines name no customer. Not so: 1 of 1 rows are otherwise, such as line_id L1,"
        " customer_id (empty)."
    )
    assert said[-1] == "No release was ever published here."
    assert sample.builds == 0
    assert not (tmp_path / "out" / "arr_ledger.duckdb").exists()

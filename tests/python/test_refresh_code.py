"""Which unit tests a refresh may leave out: those of code that a kept release has passed."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from arr_ledger.landing.declared import PROJECT_FOLDER
from arr_ledger.refresh import code
from arr_ledger.refresh.code import code_sha256, unit_tested_release
from arr_ledger.refresh.folders import Folders

POLICIES = {"as_of_date": "2025-06-30", "renewal_grace_days": 30}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Two models and what else the hash is over."""
    for name in code.FILES:
        shutil.copyfile(PROJECT_FOLDER / name, tmp_path / name)
    for name in ("models/a.sql", "models/marts/b.yml", "macros/c.sql", "seeds/d.csv"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("one")
    return tmp_path


@pytest.mark.parametrize(
    "name", ["vars.yml", "profiles.yml", "models/a.sql", "models/marts/b.yml", "macros/c.sql"]
)
def test_another_file_is_other_code(project: Path, name: str) -> None:
    before = code_sha256(POLICIES, project)
    (project / name).write_text("two")
    assert code_sha256(POLICIES, project) != before


def test_a_file_that_moved_or_came_is_other_code(project: Path) -> None:
    seen = {code_sha256(POLICIES, project)}
    (project / "models/a.sql").rename(project / "models/z.sql")
    seen.add(code_sha256(POLICIES, project))
    (project / "models/marts/e.sql").write_text("")
    seen.add(code_sha256(POLICIES, project))
    assert len(seen) == 3


def test_another_policy_is_other_code_and_another_day_is_not(project: Path) -> None:
    before = code_sha256(POLICIES, project)
    assert code_sha256({**POLICIES, "renewal_grace_days": 0}, project) != before
    assert code_sha256({**POLICIES, "as_of_date": "2025-07-01"}, project) == before


def test_another_tool_is_other_code(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = code_sha256(POLICIES, project)
    monkeypatch.setattr(code, "version", lambda tool: f"{tool} 9")
    assert code_sha256(POLICIES, project) != before


def test_unit_tests_have_passed_in_the_release_that_a_kept_one_of_the_same_code_names(
    tmp_path: Path,
) -> None:
    folders = Folders(tmp_path)
    assert kept(folders, "r1", {}) is None
    assert kept(folders, "r2", {"unit_tests": {"code_sha256": "other", "release_id": "r2"}}) is None
    assert kept(folders, "r3", {"unit_tests": {"code_sha256": "this", "release_id": "r0"}}) == "r0"
    assert kept(folders, "r4", {"unit_tests": {"code_sha256": "other", "release_id": "r4"}}) == "r0"
    unfinished = {"unit_tests": {"code_sha256": "next", "release_id": "r5"}}
    kept(folders, ".unfinished-r5", unfinished)
    assert unit_tested_release(folders, "next") is None


def kept(folders: Folders, name: str, facts: dict[str, Any]) -> str | None:
    """Keeps a release; who has tested the code called this."""
    (folders.releases / name).mkdir(parents=True)
    (folders.releases / name / folders.served.name).touch()
    (folders.releases / name / "release.json").write_text(json.dumps({"release_id": name, **facts}))
    return unit_tested_release(folders, "this")

"""A refresh of what is served already ends at once; what dbt parsed is kept between refreshes."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from landing_extracts import write_extracts
from published_place import DAY, LINES
from stand_in_build import stands_in

from arr_ledger.cli import cli
from arr_ledger.landing.declared import PROJECT_FOLDER
from arr_ledger.refresh import code, inputs, run, steps
from arr_ledger.refresh.folders import Folders
from arr_ledger.refresh.parsed import MOST_KEPT, PARTIAL_PARSE, bring_parse, keep_parse_of, parse_of

__all__ = ["stands_in"]


def refresh(folder: Path, *options: str) -> dict:
    command = ["refresh", "--extracts", f"{folder}/extracts", "--out", f"{folder}/out", "--json"]
    done = CliRunner().invoke(cli, [*command, *(options or (DAY,))])
    assert done.exit_code == 0, done.output
    return json.loads(done.output)


@pytest.fixture
def place(tmp_path: Path, stands_in: None) -> Path:
    write_extracts(tmp_path, subscription_lines=LINES)
    assert refresh(tmp_path)["status"] == "published"
    return tmp_path


def test_the_same_again_is_served_still_and_nothing_is_left(place: Path) -> None:
    folders = Folders(place / "out")
    before = folders.served.read_bytes()
    said = refresh(place)
    assert said["status"] == "unchanged"
    assert [path.name for path in folders.releases.iterdir()] == [said["release"]["release_id"]]
    assert folders.served.read_bytes() == before
    assert not folders.work.exists()
    assert [step["step"] for step in said["steps"]] == ["land"]
    command = ["refresh", "--extracts", f"{place}/extracts", "--out", f"{place}/out", DAY]
    assert CliRunner().invoke(cli, command).output.splitlines()[-1] == (
        f"Nothing changed since release {said['release']['release_id']}, still served from"
        f" {place}/out."
    )


@pytest.mark.parametrize(
    "options",
    [
        (DAY, "--force"),
        ("--vars={as_of_date: 2025-07-01}",),
        ("--vars={as_of_date: 2025-06-30, renewal_grace_days: 0}",),
        (DAY, "--most-rows-aside", "0.02"),
        (DAY, "--no-audit"),
    ],
)
def test_another_day_variable_or_limit_is_built(place: Path, options: tuple[str, ...]) -> None:
    assert refresh(place, *options)["status"] == "published"


def test_another_row_is_built(place: Path) -> None:
    write_extracts(place, subscription_lines=LINES.replace("1500", "1501"))
    assert refresh(place)["status"] == "published"
    assert refresh(place)["status"] == "unchanged"


def test_another_code_is_built(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inputs, "code_sha256", lambda _: "another")
    assert refresh(place)["status"] == "published"


def test_a_lost_landing_is_no_reason_to_end_early(place: Path) -> None:
    folders = Folders(place / "out")
    for path in folders.landings.iterdir():
        path.unlink()
    command = ["refresh", "--extracts", f"{place}/extracts", "--out", f"{place}/out", DAY]
    done = CliRunner().invoke(cli, command)
    assert "the landing of the served release, is not there" in str(done.exception)


def test_after_a_rollback_the_newer_extracts_are_built_again(place: Path) -> None:
    write_extracts(place, subscription_lines=LINES.replace("1500", "1501"))
    newer = refresh(place)["release"]["release_id"]
    assert CliRunner().invoke(cli, ["rollback", "--out", f"{place}/out"]).exit_code == 0
    said = refresh(place)
    assert (said["status"], said["release"]["release_id"] == newer) == ("published", False)


def test_a_release_says_whether_it_was_audited(place: Path) -> None:
    for options, is_audited in (((DAY,), True), ((DAY, "--no-audit"), False)):
        refresh(place, *options, "--force")
        assert refresh(place, *options)["release"]["is_audited"] is is_audited
    assert len(list((place / "out" / "releases").glob("*/audit"))) == 2
    assert len(list((place / "out" / "releases").iterdir())) == 3


def test_audits_that_are_not_installed_are_asked_for_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "find_spec", lambda _: None)
    write_extracts(tmp_path, subscription_lines=LINES)
    command = ["refresh", "--extracts", f"{tmp_path}/extracts", "--out", f"{tmp_path}/out"]
    done = CliRunner().invoke(cli, command)
    assert str(done.exception) == (
        "--audit: Great Expectations is not installed; install the extra of that name"
        " (arr-ledger[audit], in a clone: uv sync --extra audit), or leave the audits out with"
        " --no-audit."
    )
    assert not (tmp_path / "out").exists()


def test_without_audits_none_is_run(
    tmp_path: Path, stands_in: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steps, "_audited", lambda *_: pytest.fail("an audit ran"))
    write_extracts(tmp_path, subscription_lines=LINES)
    said = refresh(tmp_path, DAY, "--no-audit")
    assert said["release"]["is_audited"] is False


def test_a_parse_is_kept_by_code_and_variables_whatever_the_day_and_only_a_few(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folders = Folders(tmp_path)
    folders.parsed.parent.mkdir()

    def parse_with(variables: dict[str, object]) -> Path:
        return parse_of(code.code_sha256(variables), folders)

    one = parse_with({"as_of_date": "2025-06-30", "renewal_grace_days": 0})
    assert one == parse_of(
        code.code_sha256({"as_of_date": "2025-07-01", "renewal_grace_days": 0}), folders
    )
    assert one != parse_with({"renewal_grace_days": 1})
    with monkeypatch.context() as patched:
        patched.setattr(code, "version", lambda name: f"another {name}")
        assert one != parse_with({"renewal_grace_days": 0})
    target = tmp_path / "target"
    for days in range(MOST_KEPT + 2):
        bring_parse(parse_with({"renewal_grace_days": days}), target)
        target.mkdir(exist_ok=True)
        (target / PARTIAL_PARSE).write_text(f"{days}")
        keep_parse_of(target, parse_with({"renewal_grace_days": days}))
        assert not (target / PARTIAL_PARSE).exists()
    assert len(list(folders.parsed.iterdir())) == MOST_KEPT
    bring_parse(parse_with({"renewal_grace_days": days}), target)
    assert (target / PARTIAL_PARSE).read_text() == f"{days}"


def test_a_build_that_left_no_parse_keeps_none(tmp_path: Path) -> None:
    keep_parse_of(tmp_path / "target", parse_of(code.code_sha256({}), Folders(tmp_path)))
    assert list(tmp_path.iterdir()) == []


def test_no_switch_and_no_property_of_the_project_depends_on_the_day() -> None:
    """A parse is kept from day to day: the day is read when a model is compiled, never before."""
    files = [
        PROJECT_FOLDER / "dbt_project.yml",
        *(PROJECT_FOLDER / "models").rglob("*.yml"),
        *(PROJECT_FOLDER / "seeds").rglob("*.yml"),
    ]
    in_jinja = re.compile(r"\{\{[^}]*as_of_date[^}]*\}\}")
    assert [path.name for path in files if in_jinja.search(path.read_text("utf-8"))] == []
    in_config = re.compile(r"config\([^)]*as_of_date")
    models = (PROJECT_FOLDER / "models").rglob("*.sql")
    assert [path.name for path in models if in_config.search(path.read_text("utf-8"))] == []

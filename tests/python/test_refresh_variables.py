"""--vars of a refresh: unknown names and templates are refused before anything is landed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from arr_ledger.landing.declared import PROJECT_FOLDER
from arr_ledger.refresh import RefreshRefusedError
from arr_ledger.refresh.progress import Progress
from arr_ledger.refresh.run import refresh
from arr_ledger.refresh.steps import Request
from arr_ledger.refresh.variables import OWN_VARIABLES, check_variables, parsed

DECLARED = yaml.safe_load((PROJECT_FOLDER / "vars.yml").read_text(encoding="utf-8"))["vars"]
GIVEN = [name for name in DECLARED if name not in OWN_VARIABLES]
TEMPLATES = (
    "{{ env_var('PGPASSWORD') }}",
    "{% do run_query('drop schema marts cascade') %}",
    ["recurring", "{# #}"],
    {"{{ target.path }}": 1},
)


@pytest.mark.parametrize("value", TEMPLATES, ids=str)
@pytest.mark.parametrize("name", GIVEN)
def test_a_template_is_refused_by_the_name_of_its_variable_and_not_repeated(
    name: str, value: Any
) -> None:
    with pytest.raises(RefreshRefusedError) as refused:
        check_variables({name: value}, Path("extracts"))
    assert str(refused.value) == (
        f"--vars: {name} holds a template, which is never rendered; write the value itself."
    )


def test_a_misspelt_name_is_refused_with_the_one_that_was_meant() -> None:
    sentence = "--vars: 'as_of_dat' is not a variable; did you mean as_of_date[?] known are modules"
    with pytest.raises(RefreshRefusedError, match=sentence):
        check_variables({"as_of_dat": "2025-06-30"}, Path("extracts"))


def test_what_is_declared_may_be_given() -> None:
    check_variables({name: DECLARED[name] for name in GIVEN}, Path("extracts"))


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/localtime", "Mars/Olympus", 7, ["UTC"]])
def test_a_time_zone_is_a_name_of_the_list_and_never_a_path(name: Any) -> None:
    with pytest.raises(RefreshRefusedError, match=r"--vars: reporting_timezone .* is not a time"):
        check_variables({"reporting_timezone": name}, Path("extracts"))


@pytest.mark.parametrize("code", ["euro", "eur", "", 978])
def test_the_reporting_currency_is_a_code_before_rates_are_looked_for(code: Any) -> None:
    with pytest.raises(RefreshRefusedError, match=r"--vars: reporting_currency .* write the three"):
        check_variables({"reporting_currency": code}, Path("extracts"))


def test_a_date_that_yaml_cannot_make_is_refused_in_one_line() -> None:
    with pytest.raises(RefreshRefusedError, match=r"a date that is no day of the calendar") as told:
        parsed("{as_of_date: 2026-06-31}")
    assert "\n" not in str(told.value)


@pytest.mark.parametrize("out", ["extracts", "extracts/published", "extracts/../extracts"])
def test_releases_do_not_stand_among_the_extracts(tmp_path: Path, out: str) -> None:
    (tmp_path / "extracts").mkdir()
    request = Request(tmp_path / "extracts", tmp_path / out, with_audit=False)
    with pytest.raises(RefreshRefusedError, match="lies in the folder of the extracts"):
        refresh(request, Progress(is_silent=True))
    assert list((tmp_path / "extracts").iterdir()) == []


def test_a_folder_of_own_boards_that_is_not_there_refuses_the_refresh(tmp_path: Path) -> None:
    request = Request(
        tmp_path / "in", tmp_path / "out", with_audit=False, own_boards=tmp_path / "b"
    )
    with pytest.raises(RefreshRefusedError, match=r"--own-boards .*/b: is not a folder"):
        refresh(request, Progress(is_silent=True))


def test_a_step_that_was_left_out_is_no_line(capsys: pytest.CaptureFixture[str]) -> None:
    progress = Progress()
    with progress.step("audit"):
        pass
    with progress.step("build"):
        progress.note(models=3)
    assert "audit" not in capsys.readouterr().err
    assert [step["step"] for step in progress.steps] == ["audit", "build"]

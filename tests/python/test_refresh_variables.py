"""--vars of a refresh: unknown names and templates are refused before anything is landed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from arr_ledger.landing.declared import PROJECT_FOLDER
from arr_ledger.refresh import RefreshRefusedError
from arr_ledger.refresh.variables import OWN_VARIABLES, check_variables

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

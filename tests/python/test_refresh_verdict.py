"""When a build counts: every part of the manifest ran in it, and every test passed."""

from pathlib import Path
from typing import Any

import duckdb
import pytest

from arr_ledger.refresh import RefreshRefusedError
from arr_ledger.refresh.build import verdict

FILE = Path("x.duckdb")


def manifest(*names: str) -> dict[str, Any]:
    nodes = {
        name: {
            "resource_type": name.split(".")[0],
            "name": name.split(".")[2],
            "original_file_path": f"models/{name.split('.')[2]}.yml",
            "config": {"materialized": "table"},
        }
        for name in names
    }
    units = {name: node for name, node in nodes.items() if name.startswith("unit_test")}
    return {"nodes": {k: v for k, v in nodes.items() if k not in units}, "unit_tests": units}


NAMES = ("seed.p.s", "model.p.m", "model.p.n", "test.p.t", "unit_test.p.u")


def results(**other: str) -> list[dict[str, Any]]:
    """A green run, but for what is given by name."""
    status = {name: "success" if name[0] in "sm" else "pass" for name in NAMES}
    status |= {name: other[name.split(".")[2]] for name in NAMES if name.split(".")[2] in other}
    return [
        {"unique_id": name, "status": each, "message": f"{name} says\n  why"}
        for name, each in status.items()
        if each != "gone"
    ]


def test_a_whole_green_build_counts_its_models_and_tests() -> None:
    built = verdict(FILE, manifest(*NAMES), results(), 0)
    assert (built.models, built.tests_run) == (2, 2)


@pytest.mark.parametrize("status", ["fail", "warn", "error"])
def test_a_test_that_does_not_pass_is_named_with_its_file(status: str) -> None:
    sentence = r"test t: test\.p\.t says why; see models/t\.yml"
    with pytest.raises(RefreshRefusedError, match=sentence):
        verdict(FILE, manifest(*NAMES), results(t=status), 1)


def test_a_unit_test_that_fails_is_named_and_the_others_are_counted() -> None:
    with pytest.raises(
        RefreshRefusedError, match=r"unit_test u: .* \(2 failed in all\)|test t: .* \(2"
    ):
        verdict(FILE, manifest(*NAMES), results(t="fail", u="fail"), 1)


@pytest.mark.parametrize("status", ["skipped", "gone"])
def test_what_did_not_run_is_no_release_even_if_dbt_says_all_is_well(status: str) -> None:
    with pytest.raises(RefreshRefusedError, match=r"1 of 5 parts of the build did not run \(t\)"):
        verdict(FILE, manifest(*NAMES), results(t=status), 0)


def test_a_test_of_a_system_that_is_off_need_not_run() -> None:
    parts = manifest(*NAMES)
    parts["nodes"]["test.p.t"]["config"]["enabled"] = False
    assert verdict(FILE, parts, results(t="gone"), 0).tests_run == 1


def test_an_exit_code_that_nothing_explains_is_no_release() -> None:
    with pytest.raises(RefreshRefusedError, match="dbt ended with 2"):
        verdict(FILE, manifest(*NAMES), results(), 2)


def test_a_data_test_that_fails_shows_the_first_row_it_found_but_no_personal_data(
    tmp_path: Path,
) -> None:
    file = tmp_path / "built.duckdb"
    with duckdb.connect(str(file)) as connection:
        connection.execute(
            "create table rates as select 'Jo' as owner_name, 'GBP' as currency, null as rate"
        )
    tag = {"name": "owner_name", "config": {"meta": {"personal_data": True}}}
    parts = manifest(*NAMES)
    parts["nodes"]["model.p.m"]["columns"] = {"owner_name": tag}
    failed = results(t="fail")
    test = next(each for each in failed if each["status"] == "fail")
    for sql in (
        "\n\nselect rate\nfrom rates\nwhere rate is null\n\n",
        "select owner_name, currency from rates",
    ):
        test["compiled_code"] = sql
        with pytest.raises(RefreshRefusedError, match=r"says why; the first: currency GBP; see"):
            verdict(file, parts, failed, 1)


def test_a_build_without_memory_says_what_lets_it_have_more() -> None:
    advised = "could not allocate (57.2 MiB used) Possible solutions: * Reducing the threads"
    ran = results(m="error")
    ran[1]["message"] = f"Runtime Error in model m\n  Out of Memory Error: {advised}"
    sentence = r"57\.2 MiB used\) Let it have more memory: ARR_LEDGER_MEMORY=8GB; see"
    with pytest.raises(RefreshRefusedError, match=sentence):
        verdict(FILE, manifest(*NAMES), ran, 1)


def test_a_sentence_on_what_landed_comes_first_and_what_noticed_it_after() -> None:
    own = "Line L1 is in GBP, which has no month-end rate of 2025-03: add one to fx_rates"
    failed = results(t="error")
    failed[NAMES.index("test.p.t")]["message"] = (
        f"Runtime Error in test t (models/t.yml)\n  Invalid Input Error: {own}"
    )
    with pytest.raises(RefreshRefusedError) as refused:
        verdict(FILE, manifest(*NAMES), failed, 1)
    assert str(refused.value).splitlines() == [f"{own}.", "Noticed by test t."]

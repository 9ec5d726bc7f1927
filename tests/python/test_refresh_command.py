"""arr-ledger refresh, releases and rollback, as a scheduler calls them."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

import duckdb
import pytest
from landing_extracts import write_extracts
from published_place import DAY, LINES, Place, arr_ledger, run
from secrets_of_the_machine import files_with_a_secret

from arr_ledger.refresh.lock import locked

# landing refuses a currency without a rate; here it comes into the raw table behind its back
BUILDS_IN_POUNDS = """
import duckdb
from arr_ledger import cli
from arr_ledger.refresh import steps

build = steps.build

def build_in_pounds(database, *rest):
    with duckdb.connect(str(database)) as connection:
        connection.execute("update raw_custom_billing.subscription_lines set currency = 'GBP'")
    return build(database, *rest)

steps.build = build_in_pounds
cli.main()
"""


@pytest.fixture(scope="module")
def place(published_place: Place, tmp_path_factory: pytest.TempPathFactory) -> Place:
    return published_place.copy(tmp_path_factory.mktemp("refresh") / "place")


def test_a_refresh_says_a_line_per_step(place: Place) -> None:
    said = json.loads((place.folder / "refresh.json").read_text())
    lines = said["err"].splitlines()
    assert lines[0].startswith("land     2 tables, 4 rows (")
    steps = ["land", "audit", "build", "audit", "render", "publish"]
    assert [line.split()[0] for line in lines] == steps
    assert said["out"].startswith("Published release 2")


def test_a_refresh_publishes_the_ledger_of_the_extracts(place: Place) -> None:
    with duckdb.connect(str(place.served), read_only=True) as connection:
        spans = connection.execute(
            "select customer_id, from_month::varchar, until_month::varchar, arr::varchar"
            " from marts.fct_customer_arr_spans order by all"
        ).fetchall()
        ((tests, day),) = connection.execute(
            "select tests_run, as_of_date::varchar from marts._release"
        ).fetchall()
    assert spans == [
        ("C1", "2024-01-01", "2025-01-01", "1200.00"),
        ("C1", "2025-01-01", None, "1500.00"),
    ]
    assert tests > 200
    assert day == "2025-06-30"
    assert place.left_over() == []


def test_a_build_that_fails_leaves_what_is_served_and_says_so(place: Place) -> None:
    before = hashlib.sha256(place.served.read_bytes()).hexdigest()
    release = json.loads(arr_ledger("releases", "--out", place.out, "--json").stdout)
    done = run("-c", BUILDS_IN_POUNDS, *place.options(), DAY, "--json")
    said = json.loads(done.stdout)
    assert (done.returncode, done.stderr, said["status"]) == (1, "", "refused")
    first_line = said["reason"].splitlines()[0]
    assert first_line.startswith("test every_currency_in_use_has_a_plan_rate: Got 1 result")
    assert "GBP" in first_line
    assert f"Still served: release {release[0]['release_id']}." in said["reason"]
    assert hashlib.sha256(place.served.read_bytes()).hexdigest() == before
    assert json.loads(arr_ledger("releases", "--out", place.out, "--json").stdout) == release
    assert (place.out / ".refresh" / "failed" / "logs" / "dbt.log").exists()
    assert place.left_over() == []
    assert files_with_a_secret(place.out) == []


def test_a_hostile_variable_is_refused_by_name_before_anything_is_built(place: Place) -> None:
    before = hashlib.sha256(place.served.read_bytes()).hexdigest()
    write_extracts(place.folder, subscription_lines=LINES)
    hostile = '--vars={renewal_opportunity_types: ["x\'; drop schema marts cascade; --"]}'
    done = place.refresh(hostile, "--accept", "the same book")
    assert done.returncode == 1
    said = "Error: --vars: Variable renewal_opportunity_types is "
    assert done.stderr.splitlines()[-2].startswith(said)
    assert not (place.out / ".refresh" / "failed" / "run_results.json").exists()
    assert hashlib.sha256(place.served.read_bytes()).hexdigest() == before
    assert files_with_a_secret(place.out) == []


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--vars={crm_systems: [salesforce]}"], "--vars: crm_systems cannot be given"),
        (["--vars=[1]"], "--vars: write a mapping such as"),
        (["--vars={a: b: c}"], "--vars is neither YAML nor JSON"),
        (["--vars={reporting_timezone: Mars/Olympus}"], "'Mars/Olympus' is not a time zone"),
        (["--keep=0"], "--keep: keep at least 1 release"),
    ],
)
def test_what_makes_no_sense_is_refused_in_one_line(
    tmp_path: Path, options: list[str], sentence: str
) -> None:
    write_extracts(tmp_path, subscription_lines=LINES)
    done = Place(tmp_path).refresh(*options)
    assert done.returncode == 1
    assert sentence in done.stderr.splitlines()[0]
    assert not Place(tmp_path).served.exists()


def test_a_file_with_a_bad_value_is_refused_by_line_before_anything_is_built(
    tmp_path: Path,
) -> None:
    write_extracts(tmp_path, subscription_lines=LINES.replace("1500", "abc"))
    done = Place(tmp_path).refresh(DAY)
    assert done.returncode == 1
    assert done.stderr.splitlines()[0] == (
        "Error: custom_billing/subscription_lines.csv, line 3, column term_amount: 'abc' is not a"
        " plain number; write digits and a decimal point only, such as 1234.50."
    )
    assert done.stderr.splitlines()[-1] == "No release was ever published here."
    assert Place(tmp_path).left_over() == []


def test_a_second_refresh_ends_at_once_and_changes_nothing(tmp_path: Path) -> None:
    write_extracts(tmp_path, subscription_lines=LINES)
    lock = tmp_path / "out" / ".refresh" / "lock"
    lock.parent.mkdir(parents=True)
    with locked(lock):
        done = Place(tmp_path).refresh(DAY)
    assert (done.returncode, done.stdout) == (os.EX_TEMPFAIL, "")
    assert "another refresh is running (process" in done.stderr
    assert not Place(tmp_path).served.exists()


def test_a_folder_that_was_never_published_to_is_named(tmp_path: Path) -> None:
    done = arr_ledger("releases", "--out", tmp_path)
    assert done.returncode == 1
    assert done.stderr.startswith(f"Error: {tmp_path}: no release was ever published here;")

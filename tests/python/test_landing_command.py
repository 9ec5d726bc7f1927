"""arr-ledger land and summary: what they print, where, and their exit codes."""

import json
import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from landing_extracts import CUSTOMERS, LINES, query, write_extracts

PROJECT = Path(__file__).resolve().parents[2]
DBT = Path(sys.executable).with_name("dbt")


def arr_ledger(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess:
    """Runs the command line in a folder."""
    return subprocess.run(
        [sys.executable, "-m", "arr_ledger.cli", *arguments],
        cwd=folder,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_land_prints_the_rows_of_every_table_and_the_command_that_comes_next(
    tmp_path: Path,
) -> None:
    write_extracts(tmp_path, subscription_lines=LINES, customers=CUSTOMERS + "29051_00040,,\n")
    done = arr_ledger(tmp_path, "land", "--extracts", "extracts", "--database", "x.duckdb")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == (
        "raw_custom_billing.customers                      3 rows\n"
        "raw_custom_billing.subscription_lines             3 rows\n"
        "\n"
        f"Landed in {tmp_path}/x.duckdb. Build the ledger on it:\n"
        f"  ARR_LEDGER_DATABASE={tmp_path}/x.duckdb {DBT} build --project-dir {PROJECT}"
        f" --profiles-dir {PROJECT} --target-path {tmp_path}/target/ae190a3c"
        " --vars '{use_sample_extracts: false,"
        " billing_systems: [custom_billing], crm_systems: [], health_systems: [],"
        " optional_extracts: []}'\n"
    )


def test_the_database_is_the_one_that_dbt_builds(tmp_path: Path) -> None:
    write_extracts(tmp_path, subscription_lines=LINES)
    named = {"ARR_LEDGER_DATABASE": str(tmp_path / "x.duckdb")}
    assert arr_ledger(tmp_path, "land", "--extracts", "extracts", **named).returncode == 0
    assert query(tmp_path, "select count(*) from raw_custom_billing.subscription_lines") == [(3,)]


def test_undeclared_columns_are_named_on_stderr(tmp_path: Path) -> None:
    customers = "customer_id,fax,telex\nC1,1,2\n29051_00040,1,2\n"
    write_extracts(tmp_path, subscription_lines=LINES, customers=customers)
    done = arr_ledger(tmp_path, "land", "--extracts", "extracts", "--database", "x.duckdb")
    assert done.returncode == 0
    assert done.stderr == (
        "Notice: custom_billing/customers.csv: columns not declared, left out: fax, telex\n"
    )


def test_a_refusal_is_exit_code_one_and_its_first_line_says_it_all(tmp_path: Path) -> None:
    write_extracts(tmp_path, subscription_lines=LINES.replace("1200.50", "abc"))
    done = arr_ledger(tmp_path, "land", "--extracts", "extracts", "--database", "x.duckdb")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "Error: custom_billing/subscription_lines.csv, line 2, column term_amount: 'abc' is not a"
        " plain number; write digits and a decimal point only, such as 1234.50.\n"
        "Nothing was changed. 1 of 3 rows of custom_billing/subscription_lines are at fault, more"
        " than the 1.00% that may be quarantined.\n"
    )
    assert not (tmp_path / "x.duckdb").exists()


def test_a_database_in_use_is_refused_by_name(tmp_path: Path) -> None:
    write_extracts(tmp_path, subscription_lines=LINES)
    with duckdb.connect(str(tmp_path / "x.duckdb")):
        done = arr_ledger(tmp_path, "land", "--extracts", "extracts", "--database", "x.duckdb")
    assert done.returncode == 1
    first = done.stderr.splitlines()[0]
    assert first.startswith(f"Error: {tmp_path}/x.duckdb: cannot be opened (")
    assert first.endswith("; close what has it open, or name another file with --database.")


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["land"], "Error: Missing option '--extracts'."),
        (["launch"], "Error: No such command 'launch'."),
        (
            ["summary", "--database", "none.duckdb"],
            "Error: {folder}/none.duckdb: there is no such database; build it first (make build),"
            " or name another with --database.",
        ),
    ],
)
def test_a_wrong_command_is_exit_code_one(
    tmp_path: Path, arguments: list[str], expected: str
) -> None:
    done = arr_ledger(tmp_path, *arguments)
    said = expected.replace("{folder}", str(tmp_path))
    assert (done.returncode, done.stderr.splitlines()[0]) == (1, said)


def test_summary_of_a_database_without_marts_says_so(tmp_path: Path) -> None:
    duckdb.connect(str(tmp_path / "x.duckdb")).close()
    done = arr_ledger(tmp_path, "summary", "--database", "x.duckdb")
    assert done.returncode == 1
    lacks = (
        f"Error: {tmp_path}/x.duckdb: lacks marts that this needs (Catalog Error: Table with name"
    )
    assert done.stderr.startswith(lacks)
    assert done.stderr.splitlines()[0].endswith("; build them first (make build).")


@pytest.mark.parametrize(
    ("content", "remedy"),
    [
        (None, "name the file that was built."),
        ("create view marts.rpt_arr_bridge_monthly as from y.marts.x", "was built under."),
    ],
)
def test_what_is_no_database_or_has_another_name_is_refused_with_what_to_do(
    tmp_path: Path, content: str | None, remedy: str
) -> None:
    if content is None:
        (tmp_path / "x.duckdb").write_text("no database", encoding="utf-8")
    else:
        with duckdb.connect(str(tmp_path / "y.duckdb")) as connection:
            connection.execute("create schema marts; create table marts.x as select 1 as a")
            connection.execute(content)
        (tmp_path / "y.duckdb").rename(tmp_path / "x.duckdb")
    done = arr_ledger(tmp_path, "summary", "--database", "x.duckdb")
    assert done.returncode == 1
    assert done.stderr.splitlines()[0].endswith(remedy)


BRIDGE = """
create schema marts;
create table marts.rpt_arr_bridge_monthly as
select date '2026-05-01' as date_month, 'all' as segment_type, 1.00 as beginning_arr,
    0.00 as opening_balance_arr, 0.00 as new_arr, 0.00 as reactivation_arr,
    0.00 as expansion_arr, 0.00 as contraction_arr, 0.00 as churn_arr, 0.00 as fx_arr,
    0.00 as transfer_arr, 1.00 as ending_arr
union all
select date '2026-06-01', 'all', 1000.00, 0, 200.5, 10, 50, -20, -30.25, 0, 0, 1210.25
union all
select date '2026-07-01', 'segment', 9.00, 0, 0, 0, 0, 0, 0, 0, 0, 9.00;
create table marts.rpt_ndr_grr_monthly as
select date '2026-06-01' as date_month, 12 as window_months, 'all' as segment_type,
    cast(1.0345 as double) as ndr, cast(0.9 as double) as grr,
    cast(null as double) as logo_retention, 900.00 as base_arr, 1200 as base_customers;
"""


def test_summary_prints_the_latest_month_of_the_whole_company(tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / "x.duckdb")) as connection:
        connection.execute(BRIDGE)
    done = arr_ledger(tmp_path, "summary", "--database", "x.duckdb")
    assert (done.returncode, done.stderr) == (0, "")
    answer, _, missing = done.stdout.partition("\nMarts without data:\n")
    assert (
        answer
        == f"""Marts: {tmp_path}/x.duckdb, schema marts

Latest published month: June 2026
  Beginning ARR                         1,000.00
  Opening balance                           0.00
  New                                     200.50
  Reactivation                             10.00
  Expansion                                50.00
  Contraction                             -20.00
  Churn                                   -30.25
  Exchange rates                            0.00
  Transfer                                  0.00
  Ending ARR                            1,210.25

  NDR, 12 months                          103.5%
  GRR, 12 months                           90.0%
  Logo retention, 12 months          no base yet
  Base: ARR 12 months before              900.00
  Base: customers                          1,200
"""
    )
    (health,) = [line for line in missing.splitlines() if line.startswith("  customer_health: ")]
    assert health.endswith(
        " fct_health_before_renewals, rpt_health_before_renewal, rpt_health_coverage_monthly off"
        " without health of customers (custom_health/customer_health)."
    )


def test_quarantine_lists_the_rows_that_land_put_aside(tmp_path: Path) -> None:
    lines = "".join(f"L{n},C1,P,2024-01-01,,12,12,USD\n" for n in range(400))
    header = "line_id,customer_id,product_id,start_date,end_date,term_amount,term_months,currency\n"
    write_extracts(
        tmp_path, subscription_lines=header + lines + "B,C1,P,2024-01-01,,$5,12,USD\n" + lines[:30]
    )
    options = ("--extracts", "extracts", "--database", "x.duckdb")
    done = arr_ledger(tmp_path, "land", *options)
    assert done.returncode == 0
    assert "of 402 rows 2 were quarantined (1 fault, 1 repeated)" in done.stderr
    listed = arr_ledger(tmp_path, "quarantine", "--database", "x.duckdb")
    assert listed.stdout == (
        "custom_billing/subscription_lines.csv, line 402 (fault): column term_amount: '$5' is"
        " not a plain number; write digits and a decimal point only, such as 1234.50\n"
        "custom_billing/subscription_lines.csv, line 403 (repeated): line 2 lands\n"
        "2 rows quarantined; what they said: --json, or landed_rows_quarantined.\n"
    )
    as_json = arr_ledger(tmp_path, "quarantine", "--database", "x.duckdb", "--json").stdout
    assert json.loads(json.loads(as_json.splitlines()[0])["row_as_read"])["line_id"] == "B"


def test_a_stricter_limit_refuses_what_would_be_put_aside(tmp_path: Path) -> None:
    header = "line_id,customer_id,product_id,start_date,end_date,term_amount,term_months,currency\n"
    lines = "".join(f"L{n},C1,P,2024-01-01,,12,12,USD\n" for n in range(400))
    write_extracts(tmp_path, subscription_lines=header + lines + "B,C1,P,2024-01-01,,$5,12,USD\n")
    options = ("--extracts", "extracts", "--database", "x.duckdb", "--most-rows-aside", "0.001")
    done = arr_ledger(tmp_path, "land", *options)
    assert done.returncode == 1
    assert "1 of 401 rows" in done.stderr
    assert "more than the 0.10% that may be quarantined" in done.stderr


def test_there_is_no_quarantine_where_nothing_landed(tmp_path: Path) -> None:
    done = arr_ledger(tmp_path, "quarantine", "--out", "published")
    assert done.stderr == (
        f"Error: {tmp_path}/published: no release was ever published here; land the extracts"
        " first.\n"
    )

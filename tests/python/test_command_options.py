"""Options that every command has alike, metric names, completion, and what a command costs."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from importlib.metadata import version
from itertools import chain
from pathlib import Path

import click
import duckdb
import pytest
from click.testing import CliRunner
from landing_extracts import LINES, write_extracts

from arr_ledger.cli import cli, main
from arr_ledger.coverage import NEEDS, marts_by_module, uncovered_told
from arr_ledger.metric_names import METRICS, MetricError, parse_metric

PROJECT = Path(__file__).resolve().parents[2]
HEAVY = ("dbt", "duckdb", "great_expectations", "pandas", "rich", "yaml", "arr_ledger.landing")
OF_DATABASE = {"land", "quarantine", "summary", "explain", "export", "close", "board"}
OF_OUT = {"refresh", "releases", "rollback", "quarantine", "summary", "explain", "export", "close"}
MOST_SECONDS = 1.0


def invoke(*arguments: object) -> tuple[int, str]:
    done = CliRunner().invoke(cli, [str(each) for each in arguments])
    return done.exit_code, done.output


def names_of(option: str) -> set[str]:
    return {
        name
        for name, command in cli.commands.items()
        if any(option in each.opts for each in command.params)
    }


def test_the_version_is_that_of_the_package() -> None:
    code, said = invoke("--version")
    assert code == 0
    assert said.split()[-1] == version("arr-ledger")


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["refresh", "--help"]])
def test_a_command_that_builds_nothing_starts_within_a_second(arguments: list[str]) -> None:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-m", "arr_ledger.cli", *arguments], check=True, stdout=-3)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime <= MOST_SECONDS


def test_the_command_line_imports_nothing_that_is_slow() -> None:
    said = f"import sys, arr_ledger.cli; print([name for name in {HEAVY} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_every_command_that_reads_a_database_takes_it_alone_or_as_a_published_folder() -> None:
    assert names_of("--database") == OF_DATABASE
    # pages are written to --out of board
    assert names_of("--out") == OF_OUT | {"board"}


@pytest.mark.parametrize("command", ["summary", "quarantine"])
def test_a_database_and_a_folder_are_not_given_both(command: str, tmp_path: Path) -> None:
    code, said = invoke(command, "--database", tmp_path / "x.duckdb", "--out", tmp_path)
    assert code != 0
    assert "--database and --out name two files; give one of the two." in said


def test_a_folder_stands_for_the_file_that_it_serves(tmp_path: Path) -> None:
    for command in (["summary"], ["explain", "--month", "2025-06", "--metric", "arr"]):
        _, said = invoke(*command, "--out", tmp_path)
        assert f"{tmp_path}: no release was ever published here; name the folder" in said
    duckdb.connect(str(tmp_path / "arr_ledger.duckdb")).close()
    _, said = invoke("summary", "--out", tmp_path)
    assert f"{tmp_path}/arr_ledger.duckdb: lacks marts that this needs" in said


def test_what_another_account_may_not_read_or_write_is_refused_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", f"{tmp_path}/.refresh")

    monkeypatch.setattr("arr_ledger.refresh.landed.landing_of", denied)
    code, said = invoke("quarantine", "--out", tmp_path)
    assert code == 1
    assert f"{tmp_path}/.refresh: cannot be read (Permission denied); run it as the acc" in said
    monkeypatch.setattr("arr_ledger.board.render", denied)
    code, said = invoke("board", "--out", tmp_path / "b", "--database", tmp_path / "x.duckdb")
    assert code == 1
    assert f"--out {tmp_path}/b: cannot be written (Permission denied); name a folder" in said


def test_a_misspelt_variable_of_boards_is_refused(tmp_path: Path) -> None:
    given = ["board", "--out", tmp_path / "b", "--database", tmp_path / "x.duckdb", "--vars"]
    done = CliRunner().invoke(cli, [*map(str, given), "{fiscal_year_start_mont: 2}"])
    assert "did you mean fiscal_year_start_month?" in str(done.exception)
    _, said = invoke(*given, "{billing_systems: [stripe]}")
    assert "there is no such database" in said


def test_boards_of_a_release_are_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "release.json").touch()
    code, said = invoke("board", "--out", tmp_path / "boards", "--database", tmp_path / "x.duckdb")
    assert code != 0
    assert "is part of a release" in said


def test_a_month_is_closed_into_a_folder_that_is_there(tmp_path: Path) -> None:
    code, said = invoke("close", "--month", "2025-06", "--closings", tmp_path / "extract")
    assert code != 0
    assert f"--closings {tmp_path}/extract: is not a folder; name the folder that holds" in said
    assert not (tmp_path / "extract").exists()


def test_marts_are_exported_from_a_database_that_was_built(tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / "x.duckdb")) as connection:
        connection.execute("create schema marts")
        connection.execute("create table marts.dim_products as select 'P1' as product_id")
    code, said = invoke("export", "--database", tmp_path / "x.duckdb", "--to", tmp_path / "csv")
    assert code == 0, said
    assert (tmp_path / "csv" / "dim_products.csv").read_text() == "product_id\nP1\n"


@pytest.mark.parametrize("database", ["x.duckdb", "a folder/x.duckdb", "arr_ledger.duckdb"])
def test_the_printed_command_names_the_database_that_landed(database: str, tmp_path: Path) -> None:
    (tmp_path / "a folder").mkdir()
    write_extracts(tmp_path, subscription_lines=LINES)
    land = ["land", "--extracts", "extracts", "--database", database]
    # the printed command with something that ends at once in the place of dbt
    done = subprocess.run(
        [sys.executable, "-m", "arr_ledger.cli", *land, "--vars", "{reporting_currency: 'USD'}"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    printed = done.stdout.splitlines()[-1].strip()
    dbt = str(Path(sys.executable).with_name("dbt"))
    assert dbt in printed
    environment = {name: value for name, value in os.environ.items() if name[:4] != "ARR_"}
    echoed = subprocess.run(
        printed.replace(dbt, f"{sys.executable} -c '{ECHO}'"),
        shell=True,
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    said, *arguments = echoed.splitlines()
    named = said if said else tmp_path / "arr_ledger.duckdb"
    assert Path(named) == tmp_path / database
    assert arguments[0] == "build"
    assert arguments[arguments.index("--project-dir") + 1] == str(PROJECT)
    assert "billing_systems: [custom_billing]" in arguments[-1]


ECHO = """import os, sys
print(os.environ.get("ARR_LEDGER_DATABASE", ""))
print(*sys.argv[1:], sep=chr(10))"""


@pytest.mark.parametrize(
    ("name", "metric"),
    [
        ("arr", "ending_arr"),
        ("ARR", "ending_arr"),
        ("nrr", "ndr"),
        ("NRR", "ndr"),
        ("net_revenue_retention", "ndr"),
        ("net dollar retention", "ndr"),
        ("net-retention", "ndr"),
        ("gross retention", "grr"),
        ("gross_revenue_retention", "grr"),
        ("gdr", "grr"),
        ("customer_retention", "logo_retention"),
        ("logo_retention_rate", "logo_retention"),
        ("expansion_arr", "expansion"),
        ("churned_arr", "churn"),
        ("new_logo", "new"),
        ("opening_balance_arr", "opening_balance"),
    ],
)
def test_a_metric_is_known_by_every_name_in_use(name: str, metric: str) -> None:
    assert parse_metric(name) == metric


def test_every_metric_has_its_own_name() -> None:
    assert [parse_metric(name) for name in METRICS] == list(METRICS)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("nrrr", "did you mean ndr (nrr)?"),
        ("ndrr", "did you mean ndr?"),
        ("gross_retentoin", "did you mean grr (gross_retention)?"),
        ("expantion", "did you mean expansion?"),
    ],
)
def test_the_nearest_name_is_suggested(name: str, said: str) -> None:
    with pytest.raises(MetricError) as refused:
        parse_metric(name)
    assert said in str(refused.value)
    assert str(refused.value).endswith(f"known are {', '.join(METRICS)}.")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_completes_commands(shell: str) -> None:
    code, script = invoke("completion", shell)
    assert code == 0
    assert f"_ARR_LEDGER_COMPLETE={shell}_complete" in script


def test_the_completion_of_bash_knows_commands_and_options() -> None:
    def completed(words: str) -> str:
        asked = {"COMP_WORDS": words, "COMP_CWORD": f"{len(words.split()) - 1}"}
        asked["_ARR_LEDGER_COMPLETE"] = "bash_complete"
        done = subprocess.run(
            [sys.executable, "-m", "arr_ledger.cli"],
            env=os.environ | asked,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.stdout

    assert "plain,refresh" in completed("arr-ledger re")
    assert "plain,--accept" in completed("arr-ledger refresh --ac")


def test_marts_that_lack_their_input_are_named_with_what_they_need(tmp_path: Path) -> None:
    off = ("rpt_key_accounts", "rpt_policy_sensitivity")
    with duckdb.connect(str(tmp_path / "x.duckdb")) as connection:
        connection.execute("create schema marts")
        for name in chain(*marts_by_module().values()):
            if name not in off:
                connection.execute(f"create table marts.{name} as select 1 as n")
        connection.execute("delete from marts.fct_buyer_changes")
    assert uncovered_told(tmp_path / "x.duckdb") == [
        "books: rpt_key_accounts off without owners of accounts in a CRM system (salesforce/user).",
        "comparison: rpt_policy_sensitivity off by the variable modules, or not built.",
        "customer_health: fct_buyer_changes empty without contacts in a CRM system"
        " (salesforce/contact).",
    ]


def test_every_mart_with_an_input_of_its_own_is_in_the_folder_of_its_module() -> None:
    modules = marts_by_module()
    assert {name: set(marts) - set(modules[name]) for name, marts in NEEDS.items()} == {
        name: set() for name in NEEDS
    }


def test_ctrl_c_is_said_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(**_: object) -> None:
        raise click.Abort

    monkeypatch.setattr("arr_ledger.cli.cli", interrupted)
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    assert capsys.readouterr().err == "Error: interrupted before the end; run it again.\n"

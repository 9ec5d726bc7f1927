"""arr_ledger.yml and the folder that arr-ledger init writes."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from landing_extracts import LINES, write_extracts

from arr_ledger.cli import cli
from arr_ledger.commands.config import KEYS, PARAMETERS
from arr_ledger.commands.init import SYSTEMS
from arr_ledger.landing.declared import declared_systems
from arr_ledger.refresh import run
from arr_ledger.refresh.steps import Request, UnchangedRelease


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Request]:
    """What a refresh was asked; none runs."""
    requests: list[Request] = []

    def refresh(request: Request, _: object) -> UnchangedRelease:
        requests.append(request)
        return UnchangedRelease({"release_id": "r1"})

    monkeypatch.setattr(run, "refresh", refresh)
    return requests


def invoke(*arguments: object) -> tuple[int, str]:
    done = CliRunner().invoke(cli, [str(each) for each in arguments])
    return done.exit_code, done.output


WHOLE = """\
extracts: in
out: ../published
vars:
  as_of_date: 2025-06-30
  renewal_grace_days: 0
limits: {most_rows_aside: 0.02, most_value_lost: 0}
keep: 3
audit: false
boards: ours
postgres: postgresql://arr@db/arr
notify: /usr/bin/true
"""


def test_a_refresh_takes_every_option_from_the_file_of_the_current_folder(
    tmp_path: Path, asked: list[Request], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "arr_ledger.yml").write_text(WHOLE)
    monkeypatch.chdir(tmp_path / "a")
    code, said = invoke("refresh")
    assert code == 0, said
    assert said == f"Nothing changed since release r1, still served from {tmp_path}/published.\n"
    (request,) = asked
    assert (request.extracts, request.out) == (tmp_path / "a" / "in", tmp_path / "published")
    assert request.variables == {"as_of_date": "2025-06-30", "renewal_grace_days": 0}
    assert (f"{request.limits.rows}", f"{request.limits.lost_value}") == ("0.02", "0.0")
    assert (request.keep, request.with_audit, request.only_if_changed) == (3, False, True)
    assert request.postgres == "postgresql://arr@db/arr"
    assert (request.with_boards, request.own_boards) == (True, tmp_path / "a" / "ours")


def test_an_option_on_the_command_line_wins_and_paths_are_relative_to_the_file(
    tmp_path: Path, asked: list[Request], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "daily.yml").write_text(WHOLE)
    monkeypatch.chdir(tmp_path)
    options = ["--out", "here", "--keep", "5", "--audit", "--most-rows-aside", "0.5", "--force"]
    options += ["--vars", "{renewal_grace_days: 7}", "--config", "a/daily.yml"]
    code, said = invoke("refresh", *options)
    assert code == 0, said
    (request,) = asked
    assert (request.extracts, request.out) == (tmp_path / "a" / "in", tmp_path / "here")
    assert request.variables == {"as_of_date": "2025-06-30", "renewal_grace_days": 7}
    assert (f"{request.limits.rows}", request.keep, request.with_audit) == ("0.5", 5, True)
    assert request.only_if_changed is False


@pytest.mark.parametrize(("options", "rendered"), [((), False), (("--boards",), True)])
def test_boards_are_left_out_by_the_file_unless_they_are_asked_for(
    options: tuple[str, ...], rendered: bool, tmp_path: Path, asked: list[Request]
) -> None:
    (tmp_path / "daily.yml").write_text("extracts: in\nout: out\nboards: false\n")
    code, said = invoke("refresh", "--config", tmp_path / "daily.yml", *options)
    assert code == 0, said
    assert (asked[0].with_boards, asked[0].own_boards) == (rendered, None)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("out: x\nextract: y\n", "line 2: 'extract' is not a key; did you mean extracts?"),
        ("\n\naccept: y\n", "line 3: 'accept' is not a key; give it on the command line"),
        ("out: x\nout: y\n", "line 2: 'out' is there twice; keep one of the two."),
        ("vars:\n  grace: 1\n", "line 2: 'grace' is not a variable; known are "),
        ("vars:\n  renewal_grace_day: 1\n", "line 2: 'renewal_grace_day' is not a variable; did"),
        ("vars:\n  reporting_currency: euro\n", "line 2: reporting_currency 'euro' is not a cur"),
        ("vars:\n  as_of_date: 2025-6\n", "line 2: as_of_date '2025-6' is not a day; write"),
        ("vars: 3\n", "line 1: is no mapping; write vars as name: value."),
        ("limits:\n  rows: 1\n", "line 2: 'rows' is not a limit; "),
        ("limits:\n  most_rows_aside: 2\n", "line 2: most_rows_aside: 2 is no share; write 0 to 1"),
        ("keep: 0\n", "line 1: keep: 0 is no number of releases; write 1 or more."),
        ("audit: maybe\n", "line 1: audit: 'maybe' is no truth value; write true or false."),
        ("boards: 7\n", "line 1: boards: 7 is no text; write it in quotes."),
        ("out: 7\n", "line 1: out: 7 is no text; write it in quotes."),
        ("a: [\n", "line 2: is not YAML ("),
        ("- out\n", "line 1: is no mapping; write keys such as extracts: and out:."),
        ("postgres: postgresql://a:b@c/d\n", "line 1: postgres: the URL has a password; keep it"),
    ],
)
def test_what_the_file_should_not_say_is_refused_with_its_line(
    text: str, said: str, tmp_path: Path, asked: list[Request]
) -> None:
    file = tmp_path / "arr_ledger.yml"
    file.write_text(text)
    code, output = invoke("refresh", "--config", file)
    assert code == 1
    assert f"{file}, {said}" in output
    assert asked == []


def test_every_key_sets_an_option_of_refresh() -> None:
    parameters = {each.name for each in cli.commands["refresh"].params}
    assert set(PARAMETERS.values()) <= parameters
    assert {*PARAMETERS, "vars", "limits"} == set(KEYS)


def test_init_writes_a_folder_that_a_refresh_can_begin_with(
    tmp_path: Path, asked: list[Request], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    code, said = invoke("init", "--systems", ",".join(SYSTEMS))
    assert code == 0, said
    for system in SYSTEMS:
        for table in declared_systems()[system].tables.values():
            header = (tmp_path / "templates" / system / f"{table.name}.csv").read_text()
            assert header == ",".join(column.name for column in table.columns) + "\n"
        assert (tmp_path / f"map_{system}.sql").is_file()
        assert (tmp_path / "extracts" / system).is_dir()
    assert invoke("refresh")[0] == 0
    assert asked[0].extracts == tmp_path / "extracts"
    # every option that is shown as a comment is one that the file may have
    text = (tmp_path / "arr_ledger.yml").read_text()
    with_all = "\n".join(
        line.removeprefix("#") if line.startswith("#") and line[1:2] not in ("", " ") else line
        for line in text.splitlines()
    )
    (tmp_path / "arr_ledger.yml").write_text(with_all.replace("vars: {}", ""))
    code, said = invoke("refresh", "--notify", "/usr/bin/true")
    assert code == 0, said


def test_init_overwrites_nothing(tmp_path: Path) -> None:
    (tmp_path / "map_custom_billing.sql").write_text("mine")
    code, said = invoke("init", tmp_path)
    assert code == 1
    assert f"{tmp_path}/map_custom_billing.sql: is there already, and nothing is over" in said
    assert [path.name for path in tmp_path.iterdir()] == ["map_custom_billing.sql"]


def test_init_names_a_system_that_it_does_not_know(tmp_path: Path) -> None:
    code, said = invoke("init", tmp_path, "--systems", "custom_billing,hubspot")
    assert code != 0
    assert "'hubspot' is not a system; name one or more of custom_billing, stripe," in said


def test_the_mapping_of_init_fills_extracts_that_land(tmp_path: Path) -> None:
    duckdb = pytest.importorskip("duckdb")
    assert invoke("init", tmp_path)[0] == 0
    raw = tmp_path / "raw"
    raw.mkdir()
    write_extracts(tmp_path / "there", subscription_lines=LINES)
    lines = tmp_path / "there" / "extracts" / "custom_billing" / "subscription_lines.csv"
    lines.rename(raw / "subscription_lines.csv")
    with duckdb.connect() as connection:
        statement = (tmp_path / "map_custom_billing.sql").read_text()
        for table in ("raw/", "extracts/"):
            statement = statement.replace(f"'{table}", f"'{tmp_path}/{table}")
        connection.execute(statement)
    code, said = invoke("land", "--config", tmp_path / "arr_ledger.yml", "--check")
    assert code == 0, said
    assert "3 rows would land in" in said

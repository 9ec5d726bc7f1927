"""Every path that a command is given is whole before any step sees it."""

from __future__ import annotations

from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from landing_extracts import write_extracts
from published_place import DAY, LINES

from arr_ledger.bridge_picture import main as bridge_picture
from arr_ledger.cli import cli
from arr_ledger.paths import WholePath
from arr_ledger.refresh import RefreshRefusedError, steps

NUMBERS = (click.types.BoolParamType, click.types.IntParamType, click.types.FloatParamType)
COMMANDS = {**cli.commands, "bridge_picture": bridge_picture}
# options that take words; any other that takes no number is a path
WORDS = {
    *("accept", "mart", "metric", "month", "notify", "postgres", "segment", "segment_type", "vars"),
    *("shell", "spark_uri", "systems"),
    "rollback to",
}


def options() -> list[tuple[str, click.Option]]:
    """Every option that takes a text, with the name of its command."""
    return [
        (name, each)
        for name, command in COMMANDS.items()
        for each in command.params
        if isinstance(each, click.Option | click.Argument) and not isinstance(each.type, NUMBERS)
    ]


def is_words(command: str, option: click.Option) -> bool:
    name = option.opts[-1].removeprefix("--").replace("-", "_")
    return name in WORDS or f"{command} {name}" in WORDS


PATHS = [(name, option) for name, option in options() if not is_words(name, option)]


@pytest.mark.parametrize(("command", "option"), PATHS, ids=lambda each: getattr(each, "name", each))
def test_every_path_of_every_command_is_whole_at_the_door(
    command: str, option: click.Option, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", "/home/finance")
    assert isinstance(option.type, click.Path), f"{command} {option.opts[0]}: a path, or a word?"
    if option.type.exists:
        (tmp_path / "a").touch()
    assert option.type.convert("a", option, None) == tmp_path / "a"
    assert option.type.convert("b/../a", option, None) == tmp_path / "a"
    if not option.type.exists:
        assert option.type.convert("~/a", option, None) == Path("/home/finance/a")


def test_there_are_paths_to_test_and_none_has_another_type() -> None:
    assert {name for name, _ in PATHS} >= {"refresh", "rollback", "land", "close", "export"}
    assert [option.opts for _, option in PATHS if not isinstance(option.type, WholePath)] == []


def test_a_link_in_a_path_stays_one(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "current").symlink_to(tmp_path / "there")
    assert WholePath().convert(tmp_path / "current", None, None) == tmp_path / "current"


def test_a_refresh_of_relative_folders_hands_whole_paths_to_dbt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[Path] = []

    def build(database: Path, _: object, folder: Path, *__: object) -> None:
        given.extend([database, folder])
        raise RefreshRefusedError("enough seen")

    monkeypatch.setattr(steps, "build", build)
    monkeypatch.setattr(steps, "_audited", lambda *_: 1)
    monkeypatch.chdir(write_extracts(tmp_path, subscription_lines=LINES).parent)
    command = ["refresh", "--extracts", "extracts", "--out", "out", DAY, "--json"]
    assert "enough seen" in CliRunner().invoke(cli, command).output
    work = tmp_path / "out" / ".refresh" / "work"
    assert given == [work / "arr_ledger.duckdb", work]

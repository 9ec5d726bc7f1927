"""Who is told how a refresh ended, and that the telling changes nothing."""

from __future__ import annotations

import json
import os
import shlex
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from landing_extracts import HEADER, write_extracts

from arr_ledger.cli import cli
from arr_ledger.refresh import RefreshBusyError, RefreshRefusedError, notify, run
from arr_ledger.refresh.publish import Release

RELEASE = Release("r1", "2026-07-01 06:00:00", "2026-06-30", "a" * 64, "1", "1", 9, None)
ENDS = {
    "published": (RELEASE, 0),
    "refused": (RefreshRefusedError("test x: failed.\nStill served: release r0."), 1),
    "busy": (RefreshBusyError("out: another refresh is running"), os.EX_TEMPFAIL),
    "failed": (KeyError("hunter2"), 1),
}


def refresh_that_ends(
    end: Release | Exception, monkeypatch: pytest.MonkeyPatch, *options: str
) -> Result:
    def refresh(*_: object) -> Release:
        if isinstance(end, Exception):
            raise end
        return end

    monkeypatch.setattr(run, "refresh", refresh)
    return CliRunner().invoke(cli, ["refresh", "--extracts", "x", "--out", "out", *options])


@pytest.mark.parametrize("status", ENDS)
def test_the_command_is_fed_the_outcome_and_not_the_secrets(
    status: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fed, environment = tmp_path / "fed $HOME.json", tmp_path / "environment"
    script = tmp_path / "hook.sh"
    script.write_text('#!/bin/sh\ncat > "$1"\nenv > "$2"\necho chatter\necho chatter >&2\n')
    script.chmod(0o755)
    monkeypatch.setenv("ARR_LEDGER_POSTGRES", "postgresql://arr:hunter2@localhost/arr")
    command = shlex.join([str(script), str(fed), str(environment)])
    end, _ = ENDS[status]
    done = refresh_that_ends(end, monkeypatch, "--notify", command, "--json")
    told = json.loads(fed.read_text())
    assert told["status"] == status
    assert "hunter2" not in fed.read_text() + environment.read_text()
    assert "chatter" not in done.output
    if status != "failed":
        assert told == json.loads(done.stdout)
        assert done.exit_code == ENDS[status][1]


@pytest.mark.parametrize("status", ["published", "refused", "busy"])
@pytest.mark.parametrize(
    ("command", "trouble"),
    [
        ("false https://secret", "the command ended with 1"),
        ("/no/such/program secret", "could not be started: No such file or"),
        ("unclosed 'secret", "could not be started: No closing quotation"),
        (" ", "could not be started"),
        (f"{sys.executable} -c 'import time; time.sleep(60)'", "took longer than 0.2 s and was"),
    ],
)
def test_a_command_that_fails_is_said_and_changes_nothing(
    status: str, command: str, trouble: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notify, "SECONDS", 0.2)
    end, exit_code = ENDS[status]
    done = refresh_that_ends(end, monkeypatch, "--json", "--notify", command)
    assert done.exit_code == exit_code
    assert json.loads(done.stdout)["status"] == status
    (line,) = done.stderr.splitlines()
    assert line.startswith("--notify: the command ")
    assert trouble in line
    assert "secret" not in line


def test_what_a_slow_command_has_started_is_ended_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notify, "SECONDS", 0.5)
    child = tmp_path / "child"
    notify.notify(f"sh -c 'sleep 60 & echo $! > {child}; wait'", {})
    for _ in range(50):
        # one that is dead and not yet collected still has its folder
        state = Path(f"/proc/{child.read_text().strip()}/stat")
        if not state.exists() or " Z " in state.read_text():
            return
        time.sleep(0.1)
    pytest.fail("the child lives on")


def test_a_refused_refresh_ends_as_it_does_without_a_command(tmp_path: Path) -> None:
    extracts = write_extracts(tmp_path, subscription_lines=HEADER)
    options = ["--extracts", str(extracts), "--out", str(tmp_path / "out"), "--keep", "0"]
    fed = tmp_path / "fed"
    done = CliRunner().invoke(cli, ["refresh", *options, "--notify", f"tee {fed}"])
    assert isinstance(done.exception, RefreshRefusedError)
    assert str(done.exception) == "--keep: keep at least 1 release."
    assert json.loads(fed.read_text())["reason"] == "--keep: keep at least 1 release."


def test_the_first_line_says_why_the_refresh_ended_and_the_last_what_the_command_did(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    done = refresh_that_ends(ENDS["refused"][0], monkeypatch, "--notify", "false")
    assert isinstance(done.exception, RefreshRefusedError)
    lines = str(done.exception).splitlines()
    assert lines[0] == "test x: failed."
    assert lines[-1] == "--notify: the command ended with 1; the refresh ended as said."

"""dbt in a process of its own: seeds, models and every test, into a private file."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import dropwhile
from pathlib import Path
from typing import Any

import duckdb

from arr_ledger.project import PROJECT_FOLDER
from arr_ledger.refresh.machine import no_room
from arr_ledger.refresh.parsed import bring_parse
from arr_ledger.refresh.postgres import POSTGRES_VARIABLE
from arr_ledger.refresh.problems import RefreshRefusedError

# settings of another project, and a URL that may hold a password
NOT_FOR_DBT = ("DBT_", POSTGRES_VARIABLE)
TESTS = ("test", "unit_test")
MEMORY_VARIABLE = "ARR_LEDGER_MEMORY"
NODES = ("seed", "model", "snapshot", *TESTS)
NOT_NULL = re.compile(r"\A\s*select \S+(\s+from \S+\s+where \S+ is null\s*)\Z")
VARIABLE = re.compile(r"Variable \w+ is .* Change it in vars\.yml or in --vars\.")
# by the macro raise_error
RAISED = re.compile(r"Invalid Input Error: (.+: (?:add one to|keep one in) fx_rates)")
TRACEBACK = "Traceback (most recent call last):"
FAILED = ("error", "fail", "warn", "runtime error")
NODE_DONE = {"LogSeedResult", "LogModelResult", "LogSnapshotResult", "LogTestResult"}


@dataclass(frozen=True)
class Build:
    """What a whole build did; every test that was asked for ran in it and passed."""

    database: Path
    models: int
    tests_run: int


def build(
    database: Path,
    variables: dict[str, Any],
    folder: Path,
    lock: int,
    tell: Callable[[int, int, str], None],
    with_unit_tests: bool = True,
    parse: Path | None = None,
) -> Build:
    """Builds and tests everything, or raises RefreshRefusedError naming the first failure.

    tell(done, of, name) follows the nodes. The child inherits the lock. Unit tests may be left out
    where they have passed over the same code before: code.py. ``parse`` is a parse of before.
    """
    target, logs = folder / "target", folder / "logs"
    if parse is not None:
        bring_parse(parse, target)
    command = [
        *(
            sys.executable,
            "-m",
            "arr_ledger.refresh.dbt_process",
            "--log-format",
            "json",
            "--log-level",
            "info",
        ),
        # every statement in a file costs a twentieth of the build
        *(
            "--log-path",
            str(logs),
            "--log-level-file",
            "info",
            "build",
            "--full-refresh",
            "--target-path",
            str(target),
        ),
        *("--project-dir", str(PROJECT_FOLDER), "--profiles-dir", str(PROJECT_FOLDER)),
        *("--vars", json.dumps(variables)),
        *(() if with_unit_tests else ("--exclude-resource-type", "unit_test")),
    ]
    with subprocess.Popen(
        command,
        cwd=PROJECT_FOLDER,
        env=environment(database),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        pass_fds=[lock],
    ) as process:
        assert process.stdout is not None
        said = follow(process.stdout, tell)
    try:
        manifest = json.loads((target / "manifest.json").read_text(encoding="utf-8"))
        results = json.loads((target / "run_results.json").read_text(encoding="utf-8"))["results"]
    except (FileNotFoundError, ValueError):  # not written, or not to its end
        bad = VARIABLE.search(said)
        start = f"dbt failed: {said or 'it exited without output'}"
        raise RefreshRefusedError(f"--vars: {bad[0]}" if bad else start) from None
    if not with_unit_tests:
        manifest["unit_tests"] = {}
    return verdict(database, manifest, results, process.returncode)


def environment(database: Path) -> dict[str, str]:
    """What dbt sees: no setting of another project, no URL, and no file called .env.

    dbt reads that file from the folder of the project and every folder above it.
    """
    kept = {name: os.environ[name] for name in os.environ if not name.startswith(NOT_FOR_DBT)}
    return {
        **kept,
        "ARR_LEDGER_DATABASE": str(database),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "PYTHON_DOTENV_DISABLED": "1",
    }


def verdict(
    database: Path, manifest: dict[str, Any], results: list[dict[str, Any]], exit_code: int
) -> Build:
    """A build counts only if every node of the manifest ran in it, and every test passed."""
    expected = {
        name
        for name, node in [*manifest["nodes"].items(), *manifest.get("unit_tests", {}).items()]
        if node["resource_type"] in NODES
        # a test of a model that is switched off stays in the manifest, switched off as well
        and node.get("config", {}).get("enabled", True)
        and node.get("config", {}).get("materialized") != "ephemeral"
    }
    done = {result["unique_id"]: result for result in results}
    failed = [result for result in results if result["status"] in FAILED]
    if failed:
        first = failed[0]
        node = (
            manifest["nodes"].get(first["unique_id"]) or manifest["unit_tests"][first["unique_id"]]
        )
        more = f" ({len(failed)} failed in all)" if len(failed) > 1 else ""
        words = _message(first)
        if own := RAISED.search(words):
            # a sentence of ours about what landed; what noticed it comes after
            raise RefreshRefusedError(
                f"{own[1]}.\nNoticed by {node['resource_type']} {node['name']}{more}."
            )
        raise RefreshRefusedError(
            f"{node['resource_type']} {node['name']}: {words}"
            f"{_first_row(database, manifest, first)}{more};"
            f" see {node['original_file_path']}."
        )
    missing = sorted(
        name for name in expected if done.get(name, {}).get("status") not in ("pass", "success")
    )
    if missing or exit_code:
        names = ", ".join(name.split(".")[2] for name in missing[:3])
        raise RefreshRefusedError(
            f"{len(missing)} of {len(expected)} parts of the build did not run ({names});"
            f" dbt ended with {exit_code}."
        )
    of_kind = [name.split(".")[0] for name in expected]
    tests = sum(1 for kind in of_kind if kind in TESTS)
    return Build(database, of_kind.count("model"), tests)


def follow(lines: Iterable[str], tell: Callable[[int, int, str], None]) -> str:
    """Reads dbt's log to its end; returns the last error it told, or that the disk is full."""
    said = ""
    for line in lines:
        try:
            event = json.loads(line)
        except ValueError:
            # a log that finds no room tells so in a traceback of its own, again and again
            if not no_room(said):
                is_trace = said.startswith(TRACEBACK) and not line.startswith(TRACEBACK)
                said = f"{said}\n{line.rstrip()}" if is_trace else line.strip() or said
            continue
        if event["info"]["level"] == "error" and not no_room(said):
            said = event["info"]["msg"]
        if event["info"]["name"] in NODE_DONE:
            data = event["data"]
            of = data.get("total") or data.get("num_models") or data["index"]
            tell(data["index"], of, data["node_info"]["node_name"])
    return cause(said)


def cause(told: str) -> str:
    """In one line; of a traceback what was raised last, and what was said before it."""
    before, trace, frames = told.rpartition(TRACEBACK)
    if trace:
        # a frame is indented, what was raised is not
        raised = dropwhile(lambda line: line[:1].isspace() or not line, frames.splitlines())
        told = "\n".join([before.partition(TRACEBACK)[0], *raised])
    return " ".join(told.split())


def _first_row(database: Path, manifest: dict[str, Any], result: dict[str, Any]) -> str:
    """Of a data test that fails, the first row it found, without what is personal in it."""
    sql = result.get("compiled_code")
    if result["status"] != "fail" or not sql or not database.exists():
        return ""
    with duckdb.connect(str(database), read_only=True) as connection:
        # dbt's not_null selects nothing but the null; the rest of the row says where it is
        found = connection.execute(NOT_NULL.sub(r"select *\1", sql))
        names = [column[0] for column in found.description]
        row = found.fetchone()
    if row is None:
        return ""
    personal = {
        column["name"]
        for node in manifest["nodes"].values()
        for column in node.get("columns", {}).values()
        if column.get("config", {}).get("meta", {}).get("personal_data")
    }
    shown = [
        f"{name} {value}"
        for name, value in zip(names, row, strict=True)
        if value is not None and name not in personal
    ]
    return f"; the first: {', '.join(shown)}"


def _message(result: dict[str, Any]) -> str:
    words = cause(result.get("message") or result["status"])
    if "Out of Memory Error" in words:
        # what DuckDB advises cannot be done from here
        needed = words.partition("Possible solutions")[0].strip()
        return f"{needed} Let it have more memory: {MEMORY_VARIABLE}=8GB"
    return words if len(words) <= 600 else f"{words[:600]}..."

"""make build: one line of progress, warnings and errors in full, and dbt without its debug log."""

from __future__ import annotations

import subprocess
import sys
from types import SimpleNamespace

import duckdb
import pytest
from dbt.events import types

from arr_ledger.build import Line
from arr_ledger.landing.declared import PROJECT_FOLDER

LIGHT = """
from dbt.adapters.events.types import SQLQuery
from dbt.events.types import MainReportVersion
from dbt_common.events.event_manager import EventManager
from dbt_common.events.functions import fire_event
from arr_ledger.light_dbt import lighten
lighten()
heard = []
manager = EventManager()
manager.callbacks.append(lambda event: heard.append(event.info.msg))
manager.fire_event(SQLQuery(conn_name="a", sql="select 1"))
manager.fire_event(MainReportVersion(version="=9", log_version=3))
print(heard, SQLQuery(conn_name="a", sql="select 2").sql)
"""
ONE_ROW_PER = PROJECT_FOLDER / "tests" / "generic" / "one_row_per.sql"


def event(name: str, level: str = "info", message: str = "said") -> SimpleNamespace:
    """An event with the data of dbt's own, whose names differ from node to node."""
    data = getattr(types, name)().pb_msg
    for count in {"total", "num_models"} & set(data.DESCRIPTOR.fields_by_name):
        setattr(data, count, 2)
    return SimpleNamespace(info=SimpleNamespace(name=name, level=level, msg=message), data=data)


def test_nodes_are_one_line_of_progress_and_faults_are_told_in_full(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("arr_ledger.build.SECONDS_BETWEEN_LINES", 0)
    line = Line()
    line.hear(event("LogStartLine"))
    line.hear(event("LogModelResult"))
    line.hear(event("LogTestResult", "error", "Failure in test a\n  Got 2 results"))
    line.hear(event("LogSeedResult"))
    line.hear(event("LogSnapshotResult"))
    told = capsys.readouterr().out.splitlines()
    assert told == [
        "[    1/2] models and tests ... 0 s",
        "[    2/2] models and tests ... 0 s",
        "Failure in test a",
        "  Got 2 results",
        "[    3/2] models and tests ... 0 s",
        "[    4/2] models and tests ... 0 s",
    ]


def test_between_two_lines_ten_seconds_pass(capsys: pytest.CaptureFixture[str]) -> None:
    line = Line()
    for _ in range(1000):
        line.hear(event("LogModelResult"))
    assert capsys.readouterr().out == ""


def test_dbt_says_what_matters_and_builds_no_event_below_it() -> None:
    done = subprocess.run(
        [sys.executable, "-c", LIGHT], capture_output=True, text=True, check=True, timeout=300
    )
    assert done.stdout == "['Running with dbt=9'] select 2\n"


def test_one_row_per_finds_a_key_twice_and_a_null_and_names_its_column() -> None:
    from jinja2 import Environment

    text = ONE_ROW_PER.read_text(encoding="utf-8")
    body = text.partition("%}")[2].replace("{% endtest %}", "")
    names = {
        "model": "(values (1, 'x', 2), (1, 'x', 3), (2, null, 4), (3, 'y', 5)) as t (id, name, n)",
        "columns": ["id"],
        "filled": ["id", "name"],
        "arr_ledger": SimpleNamespace(columns_named_by=lambda what: []),
        "dbt": SimpleNamespace(type_string=lambda: "varchar"),
    }
    sql = Environment().from_string(body).render(**names)
    assert sorted(duckdb.sql(sql).fetchall()) == [(1, 2, None), (2, 1, "name")]


def test_a_server_that_is_gone_is_told_once_however_many_nodes_it_failed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    line = Line()
    line.hear(event("LogModelResult", "error", "Database Error: TSocket read 0 bytes"))
    line.hear(event("LogModelResult", "error", "Could not connect to any of [('127.0.0.1', 1)]"))
    line.hear(event("LogModelResult", "error", "another that failed with them"))
    assert line.server_is_gone
    assert capsys.readouterr().out == ""

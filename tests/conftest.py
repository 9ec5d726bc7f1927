"""What a run of the whole suite says about itself, and where it is kept: docs/evidence.md."""

from __future__ import annotations

import os
import time
from typing import Any

import pytest

from tools.evidence import record, table

# dbt writes every statement it runs into a file of its own otherwise; it is not read here
os.environ["DBT_LOG_LEVEL_FILE"] = "none"
# minutes each: begun first and in this order, so that no process is left with one of them when the
# others are done, nor waits while another builds what both need
LONG = (
    "test_spark.py",
    "test_kills.py",
    "test_determinism.py",
    "test_disk_full.py",
    "test_oracle.py",
    "test_golden_books.py",
    "test_policy_variables.py",
    "test_benchmark_runs.py",
    "test_refresh_command.py",
    "test_repeated_rows.py",
    "test_landing_kept_rows.py",
    "test_real_reports.py",
    "test_stripe_lives.py",
    "test_data_tests.py",
    "test_refresh_publish.py",
    "test_policy_sensitivity.py",
    "test_restatements.py",
)
GIVEN = pytest.StashKey["Evidence"]()
STARTED = pytest.StashKey[float]()


class Evidence:
    """Collects what tests have to say, in the order in which they say it."""

    def __init__(self) -> None:
        self.figures: dict[str, object] = {}
        self.sections: dict[str, str] = {}

    def note(self, figure: str, value: object) -> None:
        """A row of the section "The test suite", e.g. note("random books", 2000)."""
        self.figures[figure] = value

    def section(self, name: str, body: str) -> None:
        """A section of its own; tools/evidence.py lists them."""
        self.sections[name] = body


@pytest.fixture(scope="session")
def evidence(pytestconfig: pytest.Config) -> Evidence:
    """Takes figures; they are written when the whole suite has run and passed."""
    return pytestconfig.stash[GIVEN]


def pytest_configure(config: pytest.Config) -> None:
    config.stash[GIVEN] = Evidence()
    config.stash[STARTED] = time.monotonic()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    place = {name: number for number, name in enumerate(LONG)}
    items.sort(key=lambda item: place.get(item.path.name, len(LONG)))


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    """A process of `pytest --numprocesses` is done: what its tests had to say."""
    figures, sections = getattr(node, "workeroutput", {}).get("evidence", ({}, {}))
    given = node.config.stash[GIVEN]
    given.figures.update(figures)
    given.sections.update(sections)


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    given = session.config.stash[GIVEN]
    if hasattr(session.config, "workerinput"):
        session.config.workeroutput["evidence"] = (given.figures, given.sections)
    elif exitstatus == pytest.ExitCode.OK and is_whole_suite(session):
        minutes = (time.monotonic() - session.config.stash[STARTED]) / 60
        figures = {
            "Python tests, all passed": session.testscollected,
            **dict(sorted(given.figures.items())),
            "minutes": f"{minutes:.1f}",
        }
        record("test", table(figures))
        for name, body in given.sections.items():
            record(name, body)
    elif (
        exitstatus == pytest.ExitCode.OK
        and "ARR_LEDGER_TORTURE" in os.environ
        and not is_selection(session)
    ):
        record("torture", table(dict(sorted(given.figures.items()))))


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    for figure, value in sorted(config.stash[GIVEN].figures.items()):
        terminalreporter.write_line(
            f"{figure}: {value:,}" if type(value) is int else f"{figure}: {value}"
        )


def is_whole_suite(session: pytest.Session) -> bool:
    """No path, no selection, nothing skipped by an earlier failure: what `make test` runs."""
    is_unnamed = session.config.args_source is pytest.Config.ArgsSource.TESTPATHS
    return is_unnamed and not is_selection(session)


def is_selection(session: pytest.Session) -> bool:
    """Tests are picked or left out by an option."""
    option = session.config.option
    return bool(
        (option.keyword or option.markexpr or option.deselect or option.collectonly)
        or (option.lf or option.failedfirst or option.ignore or option.ignore_glob)
    )

"""Writes what was measured into docs/evidence.md: one section per command, each rewritten whole.

from tools.evidence import record

record("prove", "50,000 random books, 0 differences.")

A section stands between two markers with its day, versions and commit; record() touches nothing
outside them. A new command gets a line in SECTIONS, which is also the order of the page.
"""

from __future__ import annotations

import datetime
import os
import platform
import subprocess
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
PAGE = PROJECT / "docs" / "evidence.md"

# section -> (heading, command that writes it)
SECTIONS = {
    "test": ("The test suite", "make test"),
    "statements": ("The forty statements", "make test"),
    "prove": ("Random books against the oracle", "make prove"),
    "torture": ("Refreshes that are killed", "make torture"),
    "mutate": ("Mutation score", "make mutate"),
}
TOOLS = ("dbt-core", "dbt-duckdb", "duckdb")

INTRODUCTION = """# Evidence

What was measured, not what is claimed. Each section is written whole by the command it names, with
the day (UTC), the versions and the commit it ran on, never edited by hand. A command that fails,
or a test run over a part of the suite, writes nothing. Continuous integration writes into its own
clone and commits nothing: the committed page is from a maintainer's run. What the ledger costs is
in [benchmarks/results.md](../benchmarks/results.md).
"""


def record(section: str, body: str, path: Path = PAGE) -> None:
    """Puts body, which is Markdown, in place of what the section said before."""
    if section not in SECTIONS:
        raise ValueError(f"no section {section!r}; tools/evidence.py has {sorted(SECTIONS)}")
    sections = _sections(path.read_text(encoding="utf-8")) if path.exists() else {}
    heading, command = SECTIONS[section]
    sections[section] = f"## {heading}\n\n{circumstances(command)}\n\n{body.strip()}"
    parts = [INTRODUCTION] + [
        f"{_marker(name, 'begin')}\n{sections[name]}\n{_marker(name, 'end')}\n"
        for name in SECTIONS
        if name in sections
    ]
    partial = path.with_suffix(f".{os.getpid()}.partial")
    partial.write_text("\n".join(parts), encoding="utf-8")
    partial.replace(path)


def table(figures: Mapping[str, object], heading: str = "figure") -> str:
    """Figures as a Markdown table; whole numbers get thousands separators."""
    rows = [
        f"| {name} | {f'{value:,}' if type(value) is int else value} |"
        for name, value in figures.items()
    ]
    return "\n".join([f"| {heading} | |", "|---|---|", *rows])


def circumstances(command: str) -> str:
    """When, with what and on which state of the project."""
    day = datetime.datetime.now(datetime.UTC).date()
    tools = ", ".join(f"{name} {version(name)}" for name in TOOLS)
    return (
        f"*Written by `{command}` on {day}: {tools}, Python {platform.python_version()},"
        f" {os.cpu_count()} cores{_commit()}.*"
    )


def _commit() -> str:
    commit = _git("rev-parse", "--short=10", "HEAD")
    if not commit:
        return ""
    changed = _git("status", "--porcelain", "--", ".", f":!{PAGE.relative_to(PROJECT)}")
    return f", commit {commit}{' with changes' if changed else ''}"


def _git(*arguments: str) -> str:
    """What git says; nothing where this is no clone or there is no git."""
    try:
        done = subprocess.run(
            ["git", *arguments], cwd=PROJECT, capture_output=True, text=True, check=False
        )
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def _marker(section: str, edge: str) -> str:
    return f"<!-- {section}: {edge} -->"


def _sections(page: str) -> dict[str, str]:
    """Sections of a page by name; what stands outside markers is written anew."""
    found = {}
    for section in SECTIONS:
        begin, end = _marker(section, "begin"), _marker(section, "end")
        if begin in page and end in page:
            found[section] = page.split(begin, 1)[1].split(end, 1)[0].strip()
    return found

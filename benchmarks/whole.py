"""The whole: a refresh of a book from its files to the served release, and what grows too fast."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from benchmarks.books import Book
from benchmarks.paths import PROJECT_FOLDER
from benchmarks.plans import RunFailedError

# no node may be more times dearer per line than in the book before
GROWTH_TARGET = 1.3
# a node below this is noise
SECONDS_OF_NOTE = 0.5


@dataclass(frozen=True)
class WholeResult:
    """What one refresh took."""

    book: Book
    phases: dict[str, float]  # CPU seconds
    seconds: float
    peak_bytes: int
    nodes: dict[str, dict]  # by name: kind and seconds

    @property
    def cpu_seconds(self) -> float:
        return sum(self.phases.values())

    def seconds_of(self, kind: str) -> float:
        return sum(node["seconds"] for node in self.nodes.values() if node["kind"] == kind)


def measure_whole(book: Book, work_folder: Path) -> WholeResult:
    """Refreshes a folder with the book, in a process of its own and into a new folder."""
    place = work_folder / "whole" / book.folder.name
    shutil.rmtree(place, ignore_errors=True)
    extracts = place / "extracts" / "custom_billing"
    extracts.mkdir(parents=True)
    for path in book.folder.glob("*.parquet"):
        shutil.copy(path, extracts / path.name)
    finished = subprocess.run(
        [sys.executable, "-m", "benchmarks.whole_worker", place / "extracts", place / "out"],
        cwd=PROJECT_FOLDER,
        # one node after the other: what a node takes is its own
        env={**os.environ, "ARR_LEDGER_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    if finished.returncode != 0:
        raise RunFailedError(f"{book.name}: {finished.stderr.strip()}")
    measured = json.loads(finished.stdout)
    phases: dict[str, float] = defaultdict(float)
    for step in measured["steps"]:
        phases[f"{step['phase']} {step['step']}"] += step["cpu_seconds"]
    return WholeResult(
        book,
        dict(phases),
        sum(step["seconds"] for step in measured["steps"]),
        measured["peak_bytes"],
        measured["nodes"],
    )


def whole_page(results: list[WholeResult]) -> str:
    """The results as a section of results.md."""
    dearest = sorted(
        results[-1].nodes, key=lambda name: results[-1].nodes[name]["seconds"], reverse=True
    )
    heads = " | ".join(f"{result.book.customers:,}" for result in results)
    rule = " | ".join(["---"] * (len(results) + 1))
    lines = [
        "## The whole refresh",
        "",
        "From the files to the served release, with every data test and both audits and without"
        " unit tests, which see no row of a book. CPU seconds of all processes by step; nodes in"
        " seconds, one after the other, so that what a node takes is its own.",
        "",
        f"| step | {heads} |",
        f"| {rule} |",
    ]
    for phase in results[-1].phases:
        lines.append(_row(phase, [result.phases.get(phase, 0) for result in results]))
    lines += [
        _row("all", [result.cpu_seconds for result in results]),
        _row("wall", [result.seconds for result in results]),
        _row("peak GiB", [result.peak_bytes / 2**30 for result in results], ".2f"),
        _row("models, seconds", [result.seconds_of("model") for result in results]),
        _row("data tests, seconds", [result.seconds_of("test") for result in results]),
        "",
        f"| the twenty dearest nodes | {heads} |",
        f"| {rule} |",
    ]
    for name in dearest[:20]:
        seconds = [result.nodes.get(name, {}).get("seconds", 0) for result in results]
        lines.append(_row(name.split(".")[0], seconds, ".2f"))
    grown = [
        f"- {name.split('.')[0]}: {growth:.2f} x"
        for name in dearest
        if (growth := _growth(name, results)) > GROWTH_TARGET
    ]
    lines += [
        "",
        f"Nodes that grow more than {GROWTH_TARGET} times as fast as the lines, of those above"
        f" {SECONDS_OF_NOTE} s in the largest book:",
        "",
        *(grown or ["- none"]),
        "",
    ]
    return "\n".join(lines)


def _row(name: str, figures: list[float], form: str = ".1f") -> str:
    return f"| {name} | {' | '.join(format(figure, form) for figure in figures)} |"


def _growth(name: str, results: list[WholeResult]) -> float:
    """Seconds of the largest book over those of the one before, over the lines of both."""
    if len(results) < 2:
        return 0
    before, after = results[-2:]
    seconds = [each.nodes.get(name, {}).get("seconds", 0) for each in (before, after)]
    if seconds[1] < SECONDS_OF_NOTE or not seconds[0]:
        return 0
    lines = [each.book.rows()["subscription_lines"] for each in (before, after)]
    return seconds[1] / seconds[0] * lines[0] / lines[1]

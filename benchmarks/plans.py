"""A plan is a list of statements that one fresh process runs against one fresh database file."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path

from benchmarks.paths import PROJECT_FOLDER

THREADS = 2
MEMORY_LIMIT = "12GB"


class RunFailedError(Exception):
    """A process of the benchmark ended with an error; the message is what it printed."""


@dataclass(frozen=True)
class Step:
    """Statements that are timed together under one name."""

    name: str
    statements: list[str]


@dataclass(frozen=True)
class Plan:
    """Everything a process needs to run: where, what, and which relations to count afterwards."""

    database: Path
    steps: list[Step]
    counted: dict[str, str] = field(default_factory=dict)
    threads: int = THREADS
    memory_limit: str = MEMORY_LIMIT


@dataclass(frozen=True)
class MeasuredStep:
    """What one step took; steps of one name belong together."""

    name: str
    seconds: float
    cpu_seconds: float
    peak_bytes: int


@dataclass(frozen=True)
class Measured:
    """What one run took: seconds from opening the file to closing it."""

    seconds: float
    cpu_seconds: float
    peak_bytes: int
    file_bytes: int
    steps: list[MeasuredStep]
    rows: dict[str, int]


def run_plan(plan: Plan) -> Measured:
    """Runs the plan in its own process; its database stays until the next run of this name."""
    folder = plan.database.parent
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    described = asdict(plan) | {"database": str(plan.database)}
    (folder / "plan.json").write_text(json.dumps(described))
    finished = subprocess.run(
        [sys.executable, "-m", "benchmarks.worker", str(folder / "plan.json")],
        cwd=PROJECT_FOLDER,
        capture_output=True,
        text=True,
        check=False,
    )
    if finished.returncode != 0:
        raise RunFailedError(f"{folder.name}: {finished.stderr.strip()}")
    measured = json.loads(finished.stdout)
    steps = [MeasuredStep(**step) for step in measured.pop("steps")]
    return Measured(**measured, steps=steps)

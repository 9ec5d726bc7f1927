"""python -m benchmarks.worker plan.json: runs one plan on Linux and prints what it took."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import duckdb


def run(plan: dict) -> dict:
    """Times every step; rows are counted after the clock has stopped."""
    database = Path(plan["database"])
    settings = {
        "threads": plan["threads"],
        "memory_limit": plan["memory_limit"],
        "temp_directory": str(database.parent / "spill"),
    }
    started = time.perf_counter()
    steps = []
    with duckdb.connect(str(database), config=settings) as connection:
        connection.execute("set timezone = 'UTC'")
        for step in plan["steps"]:
            step_started, cpu_started = time.perf_counter(), time.process_time()
            _forget_peak()
            try:
                for statement in step["statements"]:
                    connection.execute(statement)
            except duckdb.Error as error:
                raise SystemExit(f"{step['name']}: {error}") from error
            steps.append(
                {
                    "name": step["name"],
                    "seconds": time.perf_counter() - step_started,
                    "cpu_seconds": time.process_time() - cpu_started,
                    "peak_bytes": _peak_bytes(),
                }
            )
    seconds = time.perf_counter() - started
    cpu_seconds, closing_peak = time.process_time(), _peak_bytes()

    with duckdb.connect(str(database), config=settings) as connection:
        rows = {
            name: connection.execute(f"select count(*) from {relation}").fetchone()[0]
            for name, relation in plan["counted"].items()
        }
    return {
        "seconds": seconds,
        "cpu_seconds": cpu_seconds,
        "peak_bytes": max(closing_peak, *(step["peak_bytes"] for step in steps)),
        "file_bytes": database.stat().st_size,
        "steps": steps,
        "rows": rows,
    }


def _forget_peak() -> None:
    """Lets the kernel start its high-water mark of resident memory anew."""
    Path("/proc/self/clear_refs").write_text("5")


def _peak_bytes() -> int:
    """The high-water mark of resident memory since it was last forgotten."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) * 1024


if __name__ == "__main__":
    print(json.dumps(run(json.loads(Path(sys.argv[1]).read_text()))))

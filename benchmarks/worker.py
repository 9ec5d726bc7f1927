"""python -m benchmarks.worker plan.json: runs one plan and prints what it took, as JSON."""

from __future__ import annotations

import json
import resource
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
    step_seconds = {}
    with duckdb.connect(str(database), config=settings) as connection:
        connection.execute("set timezone = 'UTC'")
        for step in plan["steps"]:
            step_started = time.perf_counter()
            try:
                for statement in step["statements"]:
                    connection.execute(statement)
            except duckdb.Error as error:
                raise SystemExit(f"{step['name']}: {error}") from error
            step_seconds[step["name"]] = time.perf_counter() - step_started
    seconds = time.perf_counter() - started
    used = resource.getrusage(resource.RUSAGE_SELF)

    with duckdb.connect(str(database), config=settings) as connection:
        rows = {
            name: connection.execute(f"select count(*) from {relation}").fetchone()[0]
            for name, relation in plan["counted"].items()
        }
    return {
        "seconds": seconds,
        "cpu_seconds": used.ru_utime + used.ru_stime,
        "peak_bytes": used.ru_maxrss * 1024,
        "file_bytes": database.stat().st_size,
        "step_seconds": step_seconds,
        "rows": rows,
    }


if __name__ == "__main__":
    print(json.dumps(run(json.loads(Path(sys.argv[1]).read_text()))))

"""python -m benchmarks.whole_worker extracts out: one refresh, and what each of its steps took."""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

from arr_ledger.refresh import steps
from arr_ledger.refresh.progress import Progress
from arr_ledger.refresh.run import refresh
from benchmarks.books import AS_OF_DATE


def main(extracts: Path, out: Path) -> dict:
    """Seconds, CPU seconds and nodes of a refresh without unit tests, which see no row of it."""
    taken: list[dict] = []
    nodes: dict[str, dict] = {}

    def timed(name: str, step: Callable[[steps.Run], None]) -> Callable[[steps.Run], None]:
        def run(of: steps.Run) -> None:
            started, cpu = time.perf_counter(), _cpu_seconds()
            step(of)
            seconds = time.perf_counter() - started
            taken.append(
                {
                    "phase": name,
                    "step": step.__name__,
                    "seconds": seconds,
                    "cpu_seconds": _cpu_seconds() - cpu,
                }
            )
            if step is steps.build_ledger:
                nodes.update(_nodes(of.folders.work / "target"))

        return run

    steps.STEPS = tuple((name, timed(name, step)) for name, step in steps.STEPS)
    steps.unit_tested_release = lambda folders, code: "another"
    refresh(steps.Request(extracts, out, {"as_of_date": AS_OF_DATE}), Progress(is_silent=True))
    peaks = [
        resource.getrusage(who).ru_maxrss * 1024
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    ]
    return {"steps": taken, "nodes": nodes, "peak_bytes": max(peaks)}


def _cpu_seconds() -> float:
    """Of this process and of every one it waited for."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def _nodes(target: Path) -> dict[str, dict]:
    """Seconds of every model and data test, by name."""
    results = json.loads((target / "run_results.json").read_text())["results"]
    return {
        result["unique_id"].split(".", 2)[2]: {
            "kind": result["unique_id"].split(".", 1)[0],
            "seconds": result["execution_time"],
        }
        for result in results
    }


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), Path(sys.argv[2]))))

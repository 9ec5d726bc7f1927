"""Spark beside DuckDB, on a cluster on this machine.

start, stop: the cluster by hand. prove: start it, do the steps, stop it; a line per mart.
scale: the chain of the ledger beside the spine, over books of growing size.
"""

import argparse
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from arr_ledger.landing.spark import SparkLandingError
from tools.spark import cluster
from tools.spark.prove import BuildError, Proof
from tools.spark.scale import event_settings, measure
from tools.spark.steps import ALL, STEPS, StepFailedError


def main() -> int:
    """0: everything was equal. 1: something was not, or did not run."""
    parser = argparse.ArgumentParser(prog="python -m tools.spark", description=__doc__)
    parser.add_argument("command", choices=["start", "stop", "prove", "scale"])
    parser.add_argument("steps", nargs="*", help=f"of {', '.join(STEPS)}; all without any")
    parser.add_argument("--customers", type=int, nargs="+", default=[20_000, 100_000, 500_000])
    parser.add_argument("--tests", nargs="+", default=[], help="only these, in the steps of tests")
    parser.add_argument("--folder", type=Path, default=Path("target/spark"))
    chosen = parser.parse_args()
    unknown = [name for name in chosen.steps if name not in STEPS]
    if unknown:
        parser.error(f"there is no step {unknown[0]}; steps are {', '.join(STEPS)}")
    # the cluster ends with this process
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        if chosen.command == "stop":
            cluster.stop(chosen.folder)
        elif chosen.command == "start":
            started = cluster.start(chosen.folder)
            for name, value in started.environment.items():
                print(f"export {name}={value}")
        elif chosen.command == "scale":
            more = event_settings(chosen.folder.resolve())
            memory = {"driver_memory": "4g", "executor_memory": "3g"}
            with proof_on(chosen.folder, more_settings=more, **memory) as proof:
                measure(proof, chosen.customers)
        else:
            return prove(chosen.folder, chosen.steps or ALL, chosen.tests)
    except (cluster.ClusterError, BuildError, SparkLandingError, StepFailedError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


@contextmanager
def proof_on(folder: Path, **choices: Any) -> Iterator[Proof]:
    """A proof on a cluster of its own, which ends with it."""
    with cluster.running(folder, **choices) as running:
        os.environ.update(running.environment)
        proof = Proof(running, running.folder)
        try:
            yield proof
        finally:
            proof.end()


def prove(folder: Path, steps: list[str], tests: list[str]) -> int:
    """The steps on a cluster of their own; what they say is printed as they go."""
    started = time.monotonic()
    with proof_on(folder) as proof:
        print(f"{time.monotonic() - started:7.0f} s  start the cluster", flush=True)
        proof.tests = tuple(tests)
        for name in steps:
            STEPS[name](proof)
    different = [found for found in proof.found if not found.is_equal]
    count = len(proof.found)
    seconds = time.monotonic() - started
    if proof.failed_builds:
        print(f"{proof.failed_builds} builds on Spark did not end and were run again.")
    print(f"{count - len(different)} of {count} compared marts are equal, in {seconds:.0f} s.")
    return 1 if different or not (proof.found or proof.passed_tests) else 0


if __name__ == "__main__":
    sys.exit(main())

"""python -m arr_ledger.build: dbt build with a line of progress instead of two lines per node.

Options are those of dbt build. Warnings and errors of dbt are shown in full; its log of every node
is in logs/dbt.log.
"""

from __future__ import annotations

import os
import sys
import time
from collections import Counter

from dbt.cli.main import dbtRunner
from dbt_common.events.base_types import EventMsg

from arr_ledger.light_dbt import lighten

NODE_DONE = {"LogSeedResult", "LogModelResult", "LogSnapshotResult", "LogTestResult"}
LOUD = ("warn", "error")
# where no terminal rewrites its line
SECONDS_BETWEEN_LINES = 10
PASSED = ("pass", "success")
# what dbt-spark says when the Thrift server does not answer any more
SERVER_IS_GONE = (
    "Could not connect to any of",
    "Connection lost while polling",
    "TSocket read 0 bytes",
    "Broken pipe",
    "Connection reset by peer",
)
PLURAL = {"model": "models", "seed": "seeds", "test": "data tests", "unit_test": "unit tests"}


class Line:
    """The line of progress on a terminal; elsewhere a new one every ten seconds."""

    def __init__(self) -> None:
        self._started = time.monotonic()
        self._shown = self._started
        self._done = 0
        self._is_open = False
        self.server_is_gone = False

    def hear(self, event: EventMsg) -> None:
        """One event of dbt."""
        if event.info.name in NODE_DONE:
            self._done += 1
            # of a test dbt calls it num_models
            counts = (getattr(event.data, name, 0) for name in ("total", "num_models", "index"))
            self._show(next(filter(None, counts), self._done))
        if event.info.level in LOUD:
            if any(words in event.info.msg for words in SERVER_IS_GONE):
                self.server_is_gone = True
            # every node that is left would say the same
            if self.server_is_gone:
                return
            self.close()
            print(event.info.msg, flush=True)

    def close(self) -> None:
        """What is printed next begins a line."""
        if self._is_open:
            print(flush=True)
        self._is_open = False

    def seconds(self) -> float:
        return time.monotonic() - self._started

    def _show(self, total: int) -> None:
        line = f"[{self._done:>5}/{total}] models and tests ... {self.seconds():.0f} s"
        if sys.stdout.isatty():
            print(f"\r{line}", end="", flush=True)
            self._is_open = True
        elif time.monotonic() - self._shown >= SECONDS_BETWEEN_LINES:
            self._shown = time.monotonic()
            print(line, flush=True)


def main(options: list[str]) -> int:
    """Exit code of dbt: 0 everything passed, 1 something failed, 2 it could not run."""
    lighten()
    line = Line()
    # what dbt would print the line prints, where it is a warning or an error
    quiet = ["--log-level", "none", "--log-level-file", "info"]
    done = dbtRunner(callbacks=[line.hear]).invoke([*quiet, "build", *options])
    line.close()
    results = getattr(done.result, "results", None) or []
    passed = Counter(
        PLURAL[kind]
        for kind, status in ((r.node.resource_type.value, r.status.value) for r in results)
        if status in PASSED and kind in PLURAL
    )
    if done.success:
        said = ", ".join(f"{count:,} {kind}" for kind, count in sorted(passed.items()))
        print(f"Built and passed: {said} in {line.seconds():.0f} s.")
        return 0
    if line.server_is_gone:
        print(_server_is_gone(), file=sys.stderr)
        return 1
    if done.exception is not None:
        print(done.exception, file=sys.stderr)
        return 2
    print("Not everything passed; each fault is shown above, and all of it is in logs/dbt.log.")
    return 1


def _server_is_gone() -> str:
    host = os.environ.get("ARR_LEDGER_SPARK_HOST", "127.0.0.1")
    port = os.environ.get("ARR_LEDGER_SPARK_PORT", "10000")
    return (
        f"The Thrift server at {host}:{port} does not answer any more. Start it, then run the same"
        " command again: a table is replaced whole or not at all, and every one is built anew."
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

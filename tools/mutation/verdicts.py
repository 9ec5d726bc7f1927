"""What is known of a mutant after it was tried, and the clock that ends what takes too long."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import duckdb

from tools.mutation.mutants import Mutant

# Cheapest first; the first two are what `dbt build` runs.
STAGES = ("unit test", "data test", "answer key", "staging rows", "oracle", "golden book")
DBT_STAGES = STAGES[:2]
SECONDS = 60  # a statement that takes longer is stopped, and the mutant is killed by the clock


@dataclass(frozen=True)
class Verdict:
    """What noticed the mutant, if anything did."""

    stage: str | None  # one of STAGES; None: nothing
    by: str = ""  # name of the test, or the error
    is_changed: bool = True  # some row somewhere is another


@dataclass(frozen=True)
class Result:
    """A mutant with its verdict."""

    file: str
    mutant: Mutant
    verdict: Verdict

    @property
    def layer(self) -> str:
        """models/intermediate/arr/... -> intermediate/arr; staging is one."""
        _, layer, folder = self.file.split("/")[:3]
        return layer if layer == "staging" else f"{layer}/{folder}"


@contextmanager
def stopped_in_time(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """A mistake in a join may make more rows than anyone can wait for."""
    clock = threading.Timer(SECONDS, connection.interrupt)
    clock.start()
    try:
        yield
    finally:
        clock.cancel()


def first_line(error: BaseException) -> str:
    lines = str(error).splitlines() or [type(error).__name__]
    return lines[0][:120]

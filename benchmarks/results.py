"""Prints what was measured and writes it as a page."""

from __future__ import annotations

import datetime
import os
import platform
from dataclasses import dataclass
from importlib.metadata import version

from benchmarks.answers import Comparison
from benchmarks.books import Book
from benchmarks.contenders import CONTENDERS
from benchmarks.plans import MEMORY_LIMIT, THREADS, Measured

GIB = 1024**3
# CPU seconds over those of the ledger, or of the ledger over those of the floor
TARGETS = {
    "ledger / floor": "at most 3",
    "spine / ledger": "at least 4",
    "keyed_spine / ledger": "at least 2",
    "usual_spine / ledger": "at least 7, at 20,000 and 100,000 customers",
}
MEMORY_TARGET = "at most 1.5"


@dataclass(frozen=True)
class BookResult:
    """The best run of each contender over one book, and the answers that were compared."""

    book: Book
    best: dict[str, Measured]
    answers: list[Comparison]

    def cpu_times(self, contender: str, other: str) -> float:
        return self.best[contender].cpu_seconds / self.best[other].cpu_seconds

    def cpu_ratio(self, ratio: str) -> str:
        """Such as "ledger / floor"; empty where one of them was not run."""
        first, second = ratio.split(" / ")
        ran = {first, second} <= set(self.best)
        return f"{self.cpu_times(first, second):.1f}" if ran else ""


def summary_line(book: Book, contender: str, measured: Measured) -> str:
    """One run on one line."""
    return (
        f"{book.name}: {contender:<11} {measured.seconds:8.2f} s"
        f" {measured.cpu_seconds:8.2f} s CPU {measured.peak_bytes / GIB:7.2f} GiB"
    )


def results_page(results: list[BookResult]) -> str:
    """The page, in Markdown; every book has all contenders."""
    largest = max(results, key=lambda result: (result.book.customers, -result.book.months))
    parts = [
        "# What the ledger costs",
        _circumstances(),
        "## Time and memory\n\n"
        + "\n".join(f"- `{name}`: {told}." for name, told in CONTENDERS.items())
        + "\n\n"
        + _run_table(results),
        "## Ratios\n\n" + _ratio_table(results),
        *([_months_part(results)] if _month_pairs(results) else []),
        "## Where the time goes"
        + "".join(
            f"\n\n`{contender}` over {largest.book.name}.\n\n" + step_table(largest.best[contender])
            for contender in ("ledger", "keyed_spine", "spine")
        ),
        "## The same answers\n\nThe ledger and each spine were compared row by row, without"
        " tolerance; the benchmark fails where one row differs.\n\n" + _answer_table(results),
    ]
    return "\n\n".join(parts) + "\n"


def step_table(measured: Measured) -> str:
    """Seconds by model, in the order in which they ran."""
    rows = [
        [
            step.name,
            f"{step.seconds:.2f}",
            f"{step.cpu_seconds:.2f}",
            f"{step.peak_bytes / GIB:.2f}",
            f"{measured.rows[step.name]:,}" if step.name in measured.rows else "",
        ]
        for step in measured.steps
    ]
    return _table(["step", "seconds", "CPU seconds", "peak GiB", "rows"], rows)


def _circumstances() -> str:
    versions = ", ".join(f"{name} {version(name)}" for name in ("duckdb", "dbt-core", "dbt-duckdb"))
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / GIB
    return (
        f"Measured on {datetime.date.today():%Y-%m-%d} by `make benchmark` with {versions}, Python"
        f" {platform.python_version()} on {os.cpu_count()} cores with {memory:.0f} GiB of memory."
        f" Every run is a process of its own with a new database file, {THREADS} threads and a"
        f" memory limit of {MEMORY_LIMIT}; the best repetition counts. Seconds are from opening the"
        " file to closing it."
    )


def _run_table(results: list[BookResult]) -> str:
    rows = [
        [
            result.book.name,
            f"{result.book.rows()['subscription_lines']:,}",
            contender,
            f"{measured.seconds:.1f}",
            f"{measured.cpu_seconds:.1f}",
            f"{measured.peak_bytes / GIB:.2f}",
        ]
        for result in results
        for contender, measured in result.best.items()
    ]
    return _table(["book", "lines", "contender", "seconds", "CPU seconds", "peak GiB"], rows)


def _ratio_table(results: list[BookResult]) -> str:
    rows = [
        [
            result.book.name,
            *(result.cpu_ratio(ratio) for ratio in TARGETS),
            f"{result.best['ledger'].peak_bytes / GIB:.2f}",
        ]
        for result in results
    ]
    rows.append(["target at 1,000,000 x 60", *TARGETS.values(), MEMORY_TARGET])
    return _table(["CPU seconds", *TARGETS, "ledger, peak GiB"], rows)


def _month_pairs(results: list[BookResult]) -> list[tuple[BookResult, BookResult]]:
    by_size = {(result.book.customers, result.book.months): result for result in results}
    return [
        (result, by_size[customers, months * 2])
        for (customers, months), result in by_size.items()
        if (customers, months * 2) in by_size
    ]


def _months_part(results: list[BookResult]) -> str:
    rows = [
        [
            f"{short.book.customers:,} customers",
            f"{short.book.months} to {long.book.months}",
            contender,
            f"{long.best[contender].seconds / short.best[contender].seconds:.2f}",
            f"{long.best[contender].cpu_seconds / short.best[contender].cpu_seconds:.2f}",
            f"{long.best[contender].peak_bytes / short.best[contender].peak_bytes:.2f}",
        ]
        for short, long in _month_pairs(results)
        for contender in ("ledger", "keyed_spine", "spine")
    ]
    return (
        "## Twice the months, the same lines\n\n"
        "The longer book has the same lines, stretched over twice the months: what grows here grows"
        " with months, not with changes.\n\n"
        + _table(["book", "months", "contender", "seconds x", "CPU seconds x", "memory x"], rows)
    )


def _answer_table(results: list[BookResult]) -> str:
    rows = [
        [result.book.name, compared.contender, compared.question, f"{compared.rows:,}"]
        for result in results
        for compared in result.answers
    ]
    return _table(["book", "contender", "answer", "equal rows"], rows)


def _table(header: list[str], rows: list[list[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)

"""python -m benchmarks: makes books, runs the contenders, compares answers, writes results.md."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from benchmarks.answers import QUESTIONS_OF, AnswersDifferError, compare_answers
from benchmarks.books import book_of
from benchmarks.contenders import CONTENDERS, contenders_of, plan_of
from benchmarks.ledger import compile_models
from benchmarks.paths import RESULTS_FILE, WORK_FOLDER
from benchmarks.plans import Measured, RunFailedError, run_plan
from benchmarks.results import BookResult, results_page, step_table, summary_line
from benchmarks.whole import measure_whole, whole_page

# A contender that takes longer than this is not run again.
SLOW_SECONDS = 600
WHOLE_MONTHS = 60


def main() -> int:
    """0 when every comparison held."""
    options = _options()
    complete = set(options.only) == set(CONTENDERS)
    try:
        results = _measure(options)
        page = results_page(results) if complete else ""
        if complete:
            # written before the whole refreshes, which take longest and may be stopped
            options.results.write_text(page)
        whole = _measure_whole(options)
    except (AnswersDifferError, RunFailedError) as failure:
        print(failure, file=sys.stderr)
        return 1
    if complete:
        options.results.write_text(page + whole)
        print(f"\n{page}\nWritten to {options.results}")
    return 0


def _measure(options: argparse.Namespace) -> list[BookResult]:
    models = None
    results = []
    for months in options.months:
        for customers in options.customers:
            book = book_of(customers, months, options.work)
            models = models or compile_models(book, options.work)
            best: dict[str, Measured] = {}
            contenders = contenders_of(book, options.only)
            for repetition in range(options.repetitions):
                for contender in contenders if repetition % 2 == 0 else contenders[::-1]:
                    if contender in best and best[contender].seconds > SLOW_SECONDS:
                        continue
                    measured = run_plan(plan_of(contender, models, book, options.work))
                    print(summary_line(book, contender, measured), flush=True)
                    if contender not in best or measured.seconds < best[contender].seconds:
                        best[contender] = measured
            answers = []
            runs = options.work / "runs"
            for contender in QUESTIONS_OF:
                if not {"ledger", contender} <= set(best):
                    continue
                answers += compare_answers(
                    runs / "ledger" / "ledger.duckdb",
                    runs / contender / "ledger.duckdb",
                    contender,
                )
                print(f"{book.name}: ledger and {contender} agree", flush=True)
            if "ledger" in best:
                print(step_table(best["ledger"]))
            results.append(BookResult(book, best, answers))
    return results


def _measure_whole(options: argparse.Namespace) -> str:
    results = []
    for customers in options.whole:
        results.append(measure_whole(book_of(customers, WHOLE_MONTHS, options.work), options.work))
        last = results[-1]
        print(f"{last.book.name}: whole refresh {last.cpu_seconds:.0f} s of CPU", flush=True)
    page = f"\n{whole_page(results)}" if results else ""
    print(page)
    return page


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--customers", type=_numbers, default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--months", type=_numbers, default=[60, 120])
    parser.add_argument(
        "--only", type=_contenders, default=list(CONTENDERS), help="such as ledger or floor,ledger"
    )
    parser.add_argument(
        "--whole",
        type=_numbers,
        default=[5_000, 20_000, 100_000],
        help="customers of the books that are refreshed whole; 0 for none",
    )
    parser.add_argument("--repetitions", type=int, default=2, help="the best of so many counts")
    parser.add_argument("--results", type=Path, default=RESULTS_FILE)
    parser.add_argument("--work", type=Path, default=WORK_FOLDER, help="books and databases")
    return parser.parse_args()


def _numbers(text: str) -> list[int]:
    numbers = [int(part) for part in text.split(",")]
    if numbers == [0]:
        return []
    if min(numbers) < 1:
        raise argparse.ArgumentTypeError("whole numbers above 0, or 0 alone for none")
    return numbers


def _contenders(text: str) -> list[str]:
    named = text.split(",")
    if not set(named) <= set(CONTENDERS):
        raise argparse.ArgumentTypeError(f"some of {', '.join(CONTENDERS)}")
    return [contender for contender in CONTENDERS if contender in named]


if __name__ == "__main__":
    sys.exit(main())

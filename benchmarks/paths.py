"""Where the benchmark reads and writes."""

from pathlib import Path

PROJECT_FOLDER = Path(__file__).resolve().parents[1]
SQL_FOLDER = Path(__file__).resolve().parent
WORK_FOLDER = PROJECT_FOLDER / "target" / "benchmarks"
RESULTS_FILE = SQL_FOLDER / "results.md"

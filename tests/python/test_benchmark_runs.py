"""The benchmark runs, and the ledger and the customer-month spines agree on every answer."""

import subprocess
import sys
from pathlib import Path

PROJECT_FOLDER = Path(__file__).resolve().parents[2]


def test_the_ledger_and_the_spines_give_the_same_answers_over_a_small_book(tmp_path):
    results = tmp_path / "results.md"
    finished = subprocess.run(
        [
            *(sys.executable, "-m", "benchmarks", "--customers", "300", "--months", "60"),
            *("--whole", "300", "--repetitions", "1"),
            *("--work", str(tmp_path), "--results", str(results)),
        ],
        cwd=PROJECT_FOLDER,
        capture_output=True,
        text=True,
        check=False,
    )

    assert finished.returncode == 0, finished.stderr
    page = results.read_text()
    for answer in ("ARR bridge", "ARR movements", "NDR and GRR amounts", "cohorts"):
        for spine in ("spine", "keyed_spine"):
            assert f"| 300 customers x 60 months | {spine} | {answer} |" in page
    assert "| 300 customers x 60 months | usual_spine | NDR and GRR amounts |" in page

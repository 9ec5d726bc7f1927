"""docs/real_reports.md: the cases as a table.

`python -m real_reports.table` in tests/python writes it.
"""

from __future__ import annotations

from pathlib import Path

from . import charged_amounts  # noqa: F401  its cases are listed too
from .cases import CASES, Case

PAGE = Path(__file__).resolve().parents[3] / "docs" / "real_reports.md"
TEST = "test_the_arr_of_a_real_report_is_right"
HEAD = f"""# Real reports

Rows that public bug reports describe, and more of each kind, with the ARR that is right.
They land and are built as one company in `make test`. `{TEST}[case]` in
[tests/python/real_reports](../tests/python/real_reports) holds the ARR, and others beside it hold
movements, reasons of the invoice reconciliation and findings. ARR is in US dollars.

| case | kind | source | right value | test |
|---|---|---|---|---|
"""


def right_value(case: Case) -> str:
    """The ARR by months, and the findings where something cannot be known."""
    spans = [
        f"{arr} from {first} to {last}" for spans in case.arr.values() for first, last, arr in spans
    ]
    found = [f"finding {kind}" for kind, _ in sorted(case.findings)]
    return ", ".join((spans or ["no ARR"]) + found)


def page() -> str:
    """The whole page."""
    rows = [
        f"| {case.name.replace('_', ' ')} | {case.kind} | {case.source} | {right_value(case)}"
        f" | `{case.name}` |"
        for case in CASES
    ]
    return HEAD + "\n".join(rows) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")

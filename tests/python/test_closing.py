"""Closing a month: whole or not at all, once, and in files that landing takes."""

import csv
import subprocess
import sys
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from landing_extracts import LINES, write_extracts

from arr_ledger.closing import ClosingRefusedError, close
from arr_ledger.landing import land

MAY, JUNE = date(2025, 5, 1), date(2025, 6, 1)
INSTANT = datetime(2025, 7, 3, 9, 30, tzinfo=UTC)


def records(folder: Path, table: str) -> list[dict[str, str]]:
    with (folder / "closings" / f"{table}.csv").open(newline="") as content:
        return list(csv.DictReader(content))


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (folder / "closings").glob("*.csv")}


def test_what_is_frozen_is_what_was_published(sample_database: Path, tmp_path: Path) -> None:
    closing = close(sample_database, JUNE, tmp_path, INSTANT)
    with duckdb.connect(str(sample_database), read_only=True) as connection:
        published = connection.execute(
            "select ending_arr from marts.rpt_arr_bridge_monthly"
            " where segment_type = 'all' and date_month = ?",
            [JUNE],
        ).fetchone()[0]
    for table in ("closed_lines", "closed_customers"):
        rows = records(tmp_path, table)
        assert sum(Decimal(row["arr"]) for row in rows) == published == closing.ending_arr
    assert records(tmp_path, "closed_months") == [
        {
            "closed_month": "2025-06-01",
            "ending_arr": str(published),
            "closed_at": "2025-07-03 09:30:00",
            # a database that dbt built does not say it
            "reporting_currency": "",
        }
    ]
    assert {row["window_months"] for row in records(tmp_path, "closed_retention")} >= {"1", "12"}


def test_a_second_month_is_added_and_leaves_the_first_as_it_was(
    sample_database: Path, tmp_path: Path
) -> None:
    close(sample_database, JUNE, tmp_path, INSTANT)
    before = contents(tmp_path)
    close(sample_database, MAY, tmp_path, INSTANT)
    after = contents(tmp_path)
    assert all(after[name].startswith(content) for name, content in before.items())
    assert [row["closed_month"] for row in records(tmp_path, "closed_months")] == [
        "2025-06-01",
        "2025-05-01",
    ]


def test_a_month_is_closed_once(sample_database: Path, tmp_path: Path) -> None:
    close(sample_database, JUNE, tmp_path, INSTANT)
    before = contents(tmp_path)
    with pytest.raises(ClosingRefusedError, match=r"^2025-06 is closed already; to reopen it,"):
        close(sample_database, JUNE, tmp_path, INSTANT)
    assert contents(tmp_path) == before


def test_a_closing_that_is_cut_off_closes_nothing_and_can_be_repeated(
    sample_database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    close(sample_database, MAY, tmp_path, INSTANT)
    placed = []
    replace = Path.replace

    def stop_at_the_third(self: Path, target: Path) -> Path:
        placed.append(target)
        if len(placed) == 3:
            raise OSError(28, "No space left on device")
        return replace(self, target)

    with monkeypatch.context() as cut:
        cut.setattr(Path, "replace", stop_at_the_third)
        with pytest.raises(ClosingRefusedError, match="No space left on device"):
            close(sample_database, JUNE, tmp_path, INSTANT)
    assert [row["closed_month"] for row in records(tmp_path, "closed_months")] == ["2025-05-01"]
    close(sample_database, JUNE, tmp_path, INSTANT)
    whole = tmp_path / "whole"
    close(sample_database, MAY, whole, INSTANT)
    close(sample_database, JUNE, whole, INSTANT)
    assert contents(tmp_path) == contents(whole)


def test_landing_takes_the_files_of_closings(sample_database: Path, tmp_path: Path) -> None:
    extracts = write_extracts(tmp_path, subscription_lines=LINES)
    close(sample_database, JUNE, extracts, INSTANT)
    landing = land(extracts, tmp_path / "x.duckdb")
    assert {table.table.name for table in landing.tables} >= {
        "closed_months",
        "closed_lines",
        "closed_customers",
        "closed_retention",
    }
    assert landing.systems == ["custom_billing"]


@pytest.mark.parametrize(
    ("month", "said"),
    [
        ("2031-01", "2031-01 is not published; published are 2021-07 to 2026-06."),
        ("2025-6", "--month '2025-6' is no month; write it as YYYY-MM."),
    ],
)
def test_the_command_refuses_in_one_line(
    sample_database: Path, tmp_path: Path, month: str, said: str
) -> None:
    command = [sys.executable, "-m", "arr_ledger.cli", "close", "--month", month]
    command += ["--closings", str(tmp_path), "--database", str(sample_database)]
    refused = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (refused.returncode, refused.stderr) == (1, f"Error: {said}\n")
    assert not list(tmp_path.glob("closings/*.csv"))

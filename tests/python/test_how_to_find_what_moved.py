"""Every SQL block of the how-to runs on the sample company, and what it says of sums is so."""

import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

PAGE = Path(__file__).resolve().parents[2] / "docs" / "how_to" / "find_what_moved_a_number.md"
BLOCKS = dict(
    re.findall(r"```sql\n-- ([^\n]+)\n(.*?)```", PAGE.read_text(encoding="utf-8"), flags=re.DOTALL)
)


def rows(database: Path, title: str) -> list[dict[str, Any]]:
    with duckdb.connect(str(database), read_only=True) as connection:
        cursor = connection.execute(BLOCKS[title])
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, values, strict=True)) for values in cursor.fetchall()]


def test_every_block_has_a_title_of_its_own() -> None:
    assert PAGE.read_text(encoding="utf-8").count("```sql") == len(BLOCKS) == 13


@pytest.mark.parametrize("title", BLOCKS)
def test_every_block_runs_and_returns_rows(sample_database: Path, title: str) -> None:
    assert rows(sample_database, title)


@pytest.mark.parametrize("part", ["customers behind it", "drivers behind", "postings behind"])
def test_each_step_sums_to_the_cell_of_the_bridge(sample_database: Path, part: str) -> None:
    (title,) = [title for title in BLOCKS if title.startswith(f"bridge: the {part}")]
    (cell,) = rows(sample_database, "bridge: the cell")
    assert sum(row["arr_change"] for row in rows(sample_database, title)) == cell["expansion_arr"]


def test_customers_sum_to_the_rate_and_contributions_to_its_change(sample_database: Path) -> None:
    (cell,) = rows(sample_database, "ndr: the cell")
    customers = rows(sample_database, "ndr: the customers behind it")
    for column in ("base_arr", "net_retained_arr", "gross_retained_arr"):
        assert sum(row[column] for row in customers) == cell[column]
    with duckdb.connect(str(sample_database), read_only=True) as connection:
        ((before,),) = connection.execute(
            "select ndr from marts.rpt_ndr_grr_monthly where date_month = '2025-05-01'"
            " and window_months = 12 and segment_value = 'Enterprise'"
        ).fetchall()
    points = sum(
        row["percentage_points"]
        for row in rows(sample_database, "ndr: who moved it since the month before")
    )
    assert points == pytest.approx(100 * (cell["ndr"] - before), abs=1e-9)


def test_a_cohort_is_its_customers_and_they_are_their_postings(sample_database: Path) -> None:
    (cell,) = rows(sample_database, "cohort: the cell")
    customers = rows(sample_database, "cohort: the customers behind it")
    assert sum(row["arr"] for row in customers) == cell["net_retained_arr"]
    balances = dict.fromkeys((row["customer_id"] for row in customers), Decimal(0))
    for row in rows(sample_database, "cohort: the postings behind the customers"):
        balances[row["customer_id"]] += row["arr_change"]
    assert balances == {row["customer_id"]: row["arr"] for row in customers}


def test_restatements_are_what_lies_between(sample_database: Path) -> None:
    restatements = rows(sample_database, "closed: the lines behind the difference")
    for month in rows(sample_database, "closed: as reported, as restated"):
        between = [row for row in restatements if row["date_month"] == month["date_month"]]
        assert sum(row["restatement_arr"] for row in between) == month["restatement_arr"]
        assert month["as_reported_arr"] + month["restatement_arr"] == month["as_restated_arr"]

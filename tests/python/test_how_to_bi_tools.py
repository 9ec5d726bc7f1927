"""The pages per BI tool: their SQL gives the rates of the marts, and what they name is there."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pytest

PAGES = sorted((Path(__file__).resolve().parents[2] / "docs" / "how_to").glob("use_*.md"))
SQL = re.compile(r"```sql\n(.*?)```", re.DOTALL)
BLOCKS = [
    pytest.param(sql, id=f"{page.stem}-{number}")
    for page in PAGES
    for number, sql in enumerate(SQL.findall(page.read_text(encoding="utf-8")))
]
FACTS = {
    "retention": "fct_retention_by_segments_monthly",
    "arr": "fct_arr_by_segments_monthly",
    "movements": "fct_arr_movements_by_segments_monthly",
}


@pytest.fixture(scope="module")
def marts(sample_database: Path) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(str(sample_database), read_only=True)


def test_every_tool_has_a_page() -> None:
    tools = {"metabase", "superset", "power_bi", "tableau", "excel", "looker_studio"}
    assert {page.stem.removeprefix("use_") for page in PAGES} == tools
    assert len(BLOCKS) == 5


@pytest.mark.parametrize("sql", BLOCKS)
def test_the_sql_of_a_page_gives_the_rates_of_the_marts(
    sql: str, marts: duckdb.DuckDBPyConnection
) -> None:
    cursor = marts.execute(sql)
    columns = [column[0] for column in cursor.description]
    found = cursor.fetchall()
    rates = ", ".join(columns[1:])
    at = "date_month"
    months = "true"
    if columns[0] == "quarter_start_date":
        at = "date_trunc('quarter', date_month)"
        last = f"select max(date_month) from marts.rpt_ndr_grr_monthly group by {at}"
        months = f"date_month in ({last})"
    expected = marts.execute(
        f"select {at}, {rates} from marts.rpt_ndr_grr_monthly"
        " where window_months = 12 and segment_type = 'all' and base_arr > 0"
        f" and {months} order by 1"
    ).fetchall()
    assert len(expected) > 10
    assert [row[0] for row in found] == [row[0] for row in expected]
    for row, other in zip(found, expected, strict=True):
        assert [float(each) for each in row[1:]] == pytest.approx(list(other[1:]), abs=1e-6)


def test_the_columns_of_the_formulas_are_there(marts: duckdb.DuckDBPyConnection) -> None:
    text = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    named = set(re.findall(r"\b(retention|arr|movements)\[(\w+)\]", text))
    assert len(named) >= 7
    for fact, column in named:
        assert (column,) in marts.execute(
            f"select column_name from (describe marts.{FACTS[fact]})"
        ).fetchall()


@pytest.mark.parametrize(
    ("dimension", "key"),
    [
        ("dim_dates", "date_day"),
        ("dim_segment_sets", "segment_set_key"),
        ("dim_owners", "owner_id"),
    ],
)
def test_a_dimension_of_the_pages_has_a_key_that_relations_need(
    dimension: str, key: str, marts: duckdb.DuckDBPyConnection
) -> None:
    rows, keys = marts.execute(
        f"select count(*), count(distinct {key}) from marts.{dimension}"
    ).fetchone()
    assert 0 < rows == keys

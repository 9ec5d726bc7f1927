"""The picture of the README: the bridge of the sample company, as the marts have it."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import click
import duckdb
import pytest

from arr_ledger.bridge_picture import Bar, draw, read_bars

PROJECT = Path(__file__).resolve().parents[2]
PICTURE = PROJECT / "docs" / "images" / "arr_bridge.svg"
# a total of its own, off the movements of customers and not off the bridge
MOVEMENTS = """
    select replace(movement_type, '_', ' '), sum(arr_change) from marts.fct_arr_movements
    where date_month > (select max(date_month) from marts.rpt_arr_bridge_monthly) - interval 1 year
    group by movement_type having sum(arr_change) <> 0
"""


def test_the_picture_of_the_readme_is_drawn_from_the_marts(sample_database: Path) -> None:
    assert draw(*read_bars(sample_database)) == PICTURE.read_text(encoding="utf-8"), (
        "docs/images/arr_bridge.svg is not the sample company; run make picture"
    )
    assert f"]({PICTURE.relative_to(PROJECT)})" in (PROJECT / "README.md").read_text("utf-8")


def test_every_bar_is_the_sum_of_its_movements_and_ends_where_the_next_begins(
    sample_database: Path,
) -> None:
    with duckdb.connect(str(sample_database), read_only=True) as connection:
        movements = dict(connection.execute(MOVEMENTS).fetchall())
    title, (beginning, *changes, ending) = read_bars(sample_database)
    assert re.fullmatch(r"ARR bridge, July 2025 to June 2026", title)
    assert len(movements) >= 4
    assert {bar.label: bar.amount for bar in changes} == movements
    level = beginning.amount
    for bar in changes:
        assert {bar.low, bar.high} == {level, level + bar.amount}
        level += bar.amount
    assert level == ending.amount


def test_a_loss_hangs_from_the_level_before_it_and_an_empty_bridge_is_refused(
    tmp_path: Path,
) -> None:
    bars = [
        Bar("beginning", Decimal(0), Decimal(2000000), Decimal(2000000), "balance"),
        Bar("churn", Decimal(1000000), Decimal(2000000), Decimal(-1000000), "loss"),
    ]
    picture = draw("Half is lost", bars)
    assert re.findall(r'y="(\d+\.\d)" width="[\d.]+" height="(\d+\.\d)"', picture) == [
        ("70.0", "250.0"),
        ("70.0", "125.0"),
    ]
    assert ">-1.00 M</text>" in picture
    database = tmp_path / "empty.duckdb"
    columns = "segment_type varchar, date_month date, beginning_arr int, new_arr int,"
    columns += "reactivation_arr int, expansion_arr int, contraction_arr int, churn_arr int,"
    columns += "opening_balance_arr int, fx_arr int, transfer_arr int, ending_arr int"
    with duckdb.connect(str(database)) as connection:
        connection.execute("create schema marts")
        connection.execute(f"create table marts.rpt_arr_bridge_monthly ({columns})")
    with pytest.raises(click.ClickException, match=r"is empty; run make build"):
        read_bars(database)

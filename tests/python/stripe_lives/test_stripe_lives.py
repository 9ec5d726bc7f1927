"""The ledger reads off invoices and rows what was agreed with random subscribers of Stripe."""

from __future__ import annotations

import os
import random
from collections import defaultdict
from decimal import Decimal
from typing import Any

import duckdb
import pytest
from real_reports.cases import Case
from real_reports.company import build, months
from real_reports.rows import Rows, after, days_after

from .life import Life

# another number, other lives: STRIPE_LIVES_SEED=7 pytest tests/python/stripe_lives
SEED = int(os.environ.get("STRIPE_LIVES_SEED", "1"))
LIVES = 200
MONTHS = months("2024-01", "2025-12")
# a cent of rounding for each item and its discount
NEAR = Decimal("0.10")


def lived(number: int) -> Life:
    life = Life(random.Random(SEED * 1_000_000 + number))
    life.live()
    return life


def as_case(number: int, life: Life) -> Case:
    def fill(rows: Rows) -> None:
        for key, of_table in life.rows.tables.items():
            rows.tables[key] += of_table

    return Case(f"life{number:03}", "lives", "", fill, {}, reasons=None)


@pytest.fixture(scope="module")
def company(
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[list[Life], duckdb.DuckDBPyConnection]:
    lives = [lived(number) for number in range(LIVES)]
    cases = [as_case(number, life) for number, life in enumerate(lives)]
    return lives, build(tmp_path_factory.mktemp("stripe_lives"), cases)


def test_the_arr_of_every_month_is_what_was_agreed(
    company: tuple[list[Life], duckdb.DuckDBPyConnection], evidence: Any
) -> None:
    lives, marts = company
    found: dict[str, dict[str, Decimal]] = defaultdict(dict)
    for customer, month, arr in marts.execute(
        "select customer_id, strftime(date_month, '%Y-%m'), arr from marts.fct_customer_arr_monthly"
    ).fetchall():
        found[customer][month] = arr
    wrong = []
    for number, life in enumerate(lives):
        for month in MONTHS:
            agreed = life.arr(days_after(after(f"{month}-01", 1), -1))
            arr = found[f"life{number:03}-c1"].get(month, Decimal(0))
            if abs(arr - agreed) > NEAR:
                wrong.append((number, month, arr, agreed))
    assert wrong == []
    evidence.note("random subscriptions of Stripe, their ARR as agreed", len(lives))


def test_the_lives_are_as_different_as_they_should_be(
    company: tuple[list[Life], duckdb.DuckDBPyConnection],
) -> None:
    """Else the statement above would say little."""
    lives, _ = company
    many = LIVES // 10
    assert sum(life.ended is not None for life in lives) > many
    assert sum(life.percent_off > 0 for life in lives) > many
    assert sum(len(life.agreed) > 3 for life in lives) > many
    assert sum(len(life.added) > 1 for life in lives) > many
    assert sum(not life.has_item_ids for life in lives) > many

"""A line that is deleted upstream ended on the day it was missed; its history stays."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from landing_extracts import query, write_extracts
from ledger_harness import Ledger

from arr_ledger.landing import land

HEADER = "line_id,customer_id,product_id,start_date,end_date,term_amount,term_months,currency\n"
OTHERS = "".join(f"K{n},K{n},P,2024-01-01,,1200,12,USD\n" for n in range(9))
L1 = "L1,C1,P,2024-01-01,,1200,12,USD\n"
FOUND = (
    "select line_id, _deleted_date::varchar from raw_custom_billing.subscription_lines"
    " where not starts_with(line_id, 'K') order by 1"
)


def land_on(folder: Path, day: date, lines: str) -> list[tuple]:
    extracts = write_extracts(folder, subscription_lines=HEADER + OTHERS + lines)
    land(extracts, folder / "x.duckdb", day=day)
    return query(folder, FOUND)


def test_a_line_that_is_gone_stays_with_the_day_it_was_missed(tmp_path: Path) -> None:
    assert land_on(tmp_path, date(2025, 1, 31), L1) == [("L1", None)]
    assert land_on(tmp_path, date(2025, 2, 28), "") == [("L1", "2025-02-28")]
    assert land_on(tmp_path, date(2025, 3, 31), "") == [("L1", "2025-02-28")]
    assert query(
        tmp_path, "select row_key, landing_number from raw_custom_billing.landed_rows_gone"
    ) == [("L1", 2)]


def test_a_line_that_is_there_again_is_as_if_it_had_never_been_missed(tmp_path: Path) -> None:
    land_on(tmp_path, date(2025, 1, 31), L1)
    land_on(tmp_path, date(2025, 2, 28), "")
    assert land_on(tmp_path, date(2025, 3, 31), L1) == [("L1", None)]


def test_a_line_entered_anew_under_another_id_takes_the_place_of_the_old_one(
    tmp_path: Path,
) -> None:
    land_on(tmp_path, date(2025, 1, 31), L1)
    anew = "N1,C1,P,2024-01-01,,1500,12,USD\n"
    assert land_on(tmp_path, date(2025, 2, 28), anew) == [("N1", None)]


def test_a_line_that_only_follows_it_does_not_take_its_place(tmp_path: Path) -> None:
    land_on(tmp_path, date(2025, 1, 31), L1)
    renewal = "N1,C1,P,2025-02-01,,1500,12,USD\n"
    assert land_on(tmp_path, date(2025, 2, 28), renewal) == [("L1", "2025-02-28"), ("N1", None)]
    later = renewal + "N2,C1,P,2025-06-01,,10,12,USD\n"
    assert land_on(tmp_path, date(2025, 6, 30), later)[0] == ("L1", "2025-02-28")


def test_a_customer_that_is_gone_keeps_what_was_known_of_it(tmp_path: Path) -> None:
    for customers in ("C1,enterprise\nC2,small\n", "C2,small\n"):
        extracts = write_extracts(
            tmp_path,
            subscription_lines=HEADER + OTHERS,
            customers="customer_id,segment\n" + customers,
        )
        land(extracts, tmp_path / "x.duckdb", day=date(2025, 2, 28))
    assert query(
        tmp_path,
        "select customer_id, segment, _deleted_date::varchar from raw_custom_billing.customers"
        " order by 1",
    ) == [("C1", "enterprise", "2025-02-28"), ("C2", "small", None)]


@pytest.mark.parametrize(
    ("policy", "movements"),
    [
        ("ended", [("2024-01-01", "new", "1200.00"), ("2025-02-01", "churn", "-1200.00")]),
        ("never_existed", []),
    ],
)
def test_the_churn_of_a_line_that_is_gone_is_in_the_month_it_was_missed(
    tmp_path: Path, policy: str, movements: list[tuple]
) -> None:
    land_on(tmp_path, date(2025, 1, 31), L1)
    land_on(tmp_path, date(2025, 2, 10), "")
    columns = [*HEADER.strip().split(","), "_deleted_date"]
    found = query(
        tmp_path, f"select {', '.join(columns)} from raw_custom_billing.subscription_lines"
    )
    lines = [dict(zip(columns, row, strict=True)) for row in found]
    variables = {"as_of_date": "2025-06-30", "deleted_lines": policy, "renewal_grace_days": 0}
    run = Ledger(variables, only=["fct_arr_movements"]).run({"subscription_lines": lines})
    assert [
        (f"{row['date_month']:%Y-%m-%d}", row["movement_type"], str(row["arr_change"]))
        for row in sorted(run.rows("fct_arr_movements"), key=lambda row: row["date_month"])
        if row["customer_id"] == "C1"
    ] == movements

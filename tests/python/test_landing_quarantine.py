"""Bad rows are quarantined with their reasons, counted, and never more than a few."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from landing_extracts import query, write_extracts

from arr_ledger.landing import LandingRefusedError, Limits, land, quarantine
from arr_ledger.landing.declared import Column, System, Table
from arr_ledger.landing.files import take_all
from arr_ledger.landing.folder import Extract
from arr_ledger.landing.stage import stage_table

HEADER = "line_id,customer_id,product_id,start_date,end_date,term_amount,term_months,currency\n"
GOOD = [f"L{n},C{n},P,2024-01-01,,1200,12,USD" for n in range(300)]
QUARANTINE = (
    "select file_name, record_line, kind, reasons, row_as_read"
    " from raw_custom_billing.landed_rows_quarantined order by all"
)
LOADS = "select landed_rows, quarantined_rows from raw_custom_billing.landed_loads"


def lines_file(*bad: str) -> str:
    return HEADER + "".join(f"{row}\n" for row in [*GOOD, *bad])


def first_lines_of_refusal(folder: Path, content: str, **limits: Decimal) -> tuple[str, str]:
    """The first two lines of what a landing that is refused says."""
    extracts = write_extracts(folder, subscription_lines=content)
    with pytest.raises(LandingRefusedError) as refused:
        land(extracts, folder / "x.duckdb", limits=Limits(**limits))
    assert not (folder / "x.duckdb").exists()
    first, second = str(refused.value).splitlines()[:2]
    return first, second


def test_a_row_with_bad_values_is_put_aside_with_every_reason(tmp_path: Path) -> None:
    bad = lines_file("B1,C1,P,2024-02-30,,abc,12,US")
    landing = land(write_extracts(tmp_path, subscription_lines=bad), tmp_path / "x.duckdb")
    ((file, line, kind, reasons, row),) = query(tmp_path, QUARANTINE)
    assert (file, line, kind) == ("subscription_lines.csv", 302, "fault")
    assert reasons == (
        "column start_date: '2024-02-30' is not a date of the calendar; check the day and the time"
        " | column term_amount: 'abc' is not a plain number; write digits and a decimal point only,"
        " such as 1234.50 | column currency: 'US' is not a currency code; write the three letters"
        " of ISO 4217"
    )
    assert json.loads(row)["term_amount"] == "abc"
    assert query(tmp_path, LOADS) == [(301, 1)]
    assert query(tmp_path, "select count(*) from raw_custom_billing.subscription_lines") == [(300,)]
    (table,) = landing.tables
    assert (table.rows, table.rows_read, table.put_aside) == (300, 301, {"fault": 1})
    assert landing.notices == [
        "custom_billing/subscription_lines.csv: of 301 rows 1 was quarantined (1 fault) and stands"
        " in raw_custom_billing.landed_rows_quarantined; the first fault:"
        " custom_billing/subscription_lines.csv, line 302, column start_date: '2024-02-30' is not a"
        " date of the calendar; check the day and the time."
    ]


def test_a_record_of_another_width_is_put_aside_as_it_was_read(tmp_path: Path) -> None:
    bad = HEADER + 'W,"C,1",P\n' + "".join(f"{row}\n" for row in GOOD)
    land(write_extracts(tmp_path, subscription_lines=bad), tmp_path / "x.duckdb")
    assert query(tmp_path, QUARANTINE) == [
        (
            *("subscription_lines.csv", 2, "fault"),
            "3 fields where the header has 8; the first missing is start_date; write every field,"
            " empty ones too",
            '["W", "C,1", "P"]',
        )
    ]


def test_a_blank_line_between_records_is_put_aside(tmp_path: Path) -> None:
    bad = HEADER + "\n" + "".join(f"{row}\n" for row in GOOD)
    land(write_extracts(tmp_path, subscription_lines=bad), tmp_path / "x.duckdb")
    ((_, line, _, reasons, row),) = query(tmp_path, QUARANTINE)
    assert (line, reasons, row) == (2, "the line is blank; remove it", "[]")


def test_two_rows_of_one_key_that_disagree_are_both_put_aside(tmp_path: Path) -> None:
    bad = lines_file("L7,C7,P,2024-01-01,,9999,12,USD")
    limits = Limits(value=Decimal("0.1"))
    land(write_extracts(tmp_path, subscription_lines=bad), tmp_path / "x.duckdb", limits=limits)
    found = [(line, kind, reasons) for _, line, kind, reasons, _ in query(tmp_path, QUARANTINE)]
    assert found == [
        (
            *(9, "fault"),
            "column line_id: 'L7' is a duplicate key with different values; keep one row per key",
        ),
        (302, "fault", "column line_id: 'L7' is already on line 9; keep one row per key"),
    ]
    assert (
        query(tmp_path, "select * from raw_custom_billing.subscription_lines where line_id = 'L7'")
        == []
    )


def test_an_exact_repetition_lands_once_and_is_no_fault(tmp_path: Path) -> None:
    again = HEADER + f"{GOOD[0]}\n" * 3
    landing = land(write_extracts(tmp_path, subscription_lines=again), tmp_path / "x.duckdb")
    assert [(line, kind, why) for _, line, kind, why, _ in query(tmp_path, QUARANTINE)] == [
        (3, "repeated", "line 2 lands"),
        (4, "repeated", "line 2 lands"),
    ]
    assert landing.tables[0].put_aside == {"repeated": 2}
    assert query(tmp_path, LOADS) == [(3, 2)]


def test_more_faults_than_one_row_in_a_hundred_refuse_the_table(tmp_path: Path) -> None:
    bad = lines_file(*(f"B{n},C{n},P,2024-01-01,,x,12,USD" for n in range(4)))
    first, second = first_lines_of_refusal(tmp_path, bad, value=Decimal(1))
    assert first.startswith(
        "custom_billing/subscription_lines.csv, line 302, column term_amount: 'x' is not a plain"
    )
    assert second.startswith(
        "Nothing was changed. 4 of 304 rows of custom_billing/subscription_lines are at fault, more"
        " than the 1.00% that may be quarantined. 4 problems:"
    )


def test_a_fault_that_is_worth_much_refuses_the_table(tmp_path: Path) -> None:
    """300 lines of 1,200 a year; one of 5,000 a year is 1.37 % of 365,000."""
    bad = lines_file("B,C,P,2024-02-30,,2500,6,USD")
    _, second = first_lines_of_refusal(tmp_path, bad)
    assert second == (
        "Nothing was changed. The rows of custom_billing/subscription_lines that are at fault are"
        " worth 1.37% of a year's recurring amounts, more than the 0.50% that may be quarantined."
    )


def test_a_fault_in_another_currency_is_worth_what_the_plan_rate_says(tmp_path: Path) -> None:
    """5,000 yen are 25 dollars of 360,025."""
    bad = lines_file("B,C,P,2024-02-30,,5000,12,JPY")
    rates = "currency,month_end,rate\nJPY,,0.005\nJPY,2024-01-31,900\n"
    extracts = write_extracts(tmp_path, subscription_lines=bad, fx_rates=rates)
    assert land(extracts, tmp_path / "x.duckdb").tables[1].put_aside == {"fault": 1}


def test_a_whole_file_of_foreign_dates_is_refused(tmp_path: Path) -> None:
    rows = "".join(f"L{n},C,P,05/01/2024,,1,1,USD\n" for n in range(500))
    first, second = first_lines_of_refusal(tmp_path, HEADER + rows)
    assert first.endswith(
        "line 2, column start_date: '05/01/2024' is not a date; write YYYY-MM-DD."
    )
    assert "500 of 500 rows" in second


def test_a_closing_is_never_landed_in_part(tmp_path: Path) -> None:
    days = [f"{2000 + n // 12}-{n % 12 + 1:02}-01" for n in range(240)]
    months = "closed_month,ending_arr\n" + "".join(f"{day},1\n" for day in [*days, "2024-02-30"])
    extracts = write_extracts(tmp_path, "closings", closed_months=months)
    with pytest.raises(
        LandingRefusedError, match="No row of closings/closed_months is quarantined"
    ):
        land(extracts, tmp_path / "x.duckdb")


def write_parts(folder: Path, **parts: list[str]) -> Path:
    target = folder / "extracts" / "custom_billing" / "subscription_lines"
    target.mkdir(parents=True)
    for name, rows in parts.items():
        content = HEADER + "".join(f"{row}\n" for row in rows)
        (target / f"{name}.csv").write_text(content)
    return folder / "extracts"


def test_of_overlapping_parts_the_newest_version_of_a_key_lands(tmp_path: Path) -> None:
    extracts = write_parts(
        tmp_path,
        part_2024=["L1,C1,P,2024-01-01,,1200,12,USD", "L2,C2,P,2024-01-01,,600,12,USD"],
        part_2025=["L2,C2,P,2024-01-01,2025-01-01,600,12,USD", "L3,C3,P,2025-01-01,,60,12,USD"],
        part_2026=["L3,C3,P,2025-01-01,,60,12,USD"],
    )
    landing = land(extracts, tmp_path / "x.duckdb")
    assert query(
        tmp_path,
        "select line_id, end_date::varchar from raw_custom_billing.subscription_lines order by 1",
    ) == [("L1", None), ("L2", "2025-01-01"), ("L3", None)]
    assert [row[:4] for row in query(tmp_path, QUARANTINE)] == [
        (
            *("subscription_lines/part_2024.csv", 3, "superseded"),
            "line 2 of subscription_lines/part_2025.csv is newer and lands",
        ),
        (
            *("subscription_lines/part_2025.csv", 3, "repeated"),
            "line 2 of subscription_lines/part_2026.csv lands",
        ),
    ]
    assert landing.tables[0].put_aside == {"repeated": 1, "superseded": 1}
    assert query(tmp_path, LOADS) == [(5, 2)]


@pytest.mark.parametrize(
    "in_order",
    [
        ("part-2", "part-9", "part-10"),
        ("june", "june2", "june10"),
        ("june (2)", "june-1", "june1"),
    ],
)
def test_a_number_in_the_name_of_a_part_counts_by_its_value(
    tmp_path: Path, in_order: tuple[str, ...]
) -> None:
    parts = {
        name: [f"L1,C1,P,2024-01-01,,{n},12,USD", f"X{n},C,P,2024-01-01,,9,12,USD"]
        for n, name in enumerate(in_order, start=1)
    }
    land(write_parts(tmp_path, **parts), tmp_path / "x.duckdb")
    newest = "select term_amount::integer from raw_custom_billing.subscription_lines"
    assert query(tmp_path, f"{newest} where line_id = 'L1'") == [(len(in_order),)]


def test_the_same_bytes_under_two_names_are_read_once(tmp_path: Path) -> None:
    extracts = write_parts(tmp_path, june=GOOD[:2], june_again=GOOD[:2])
    landing = land(extracts, tmp_path / "x.duckdb")
    assert query(tmp_path, LOADS) == [(2, 0)]
    assert landing.notices == [
        "custom_billing/subscription_lines/june_again.csv: holds the same bytes as"
        " subscription_lines/june.csv; it was read once, here."
    ]


def test_a_version_column_decides_before_the_names_of_the_files(tmp_path: Path) -> None:
    columns = (
        Column("id", "text", is_key=True),
        Column("status", "text"),
        Column("synced", "timestamp", orders_versions=True),
    )
    table = Table("subscription", columns)
    system = System("shop", "raw_shop", {"subscription": table})
    for name, row in {"a": "S1,canceled,2026-02-01", "b": "S1,active,2026-01-01"}.items():
        (tmp_path / f"{name}.csv").write_text(f"id,status,synced\n{row}\n")
    parts = [Extract(system, table, tmp_path / f"{name}.csv", is_part=True) for name in "ab"]
    with duckdb.connect() as connection:
        quarantine.prepare(connection)
        files = take_all(parts, tmp_path)
        staged = stage_table(connection, "staged", files, tmp_path)
        assert connection.execute("select status from staged").fetchall() == [("canceled",)]
    assert staged.put_aside == {"superseded": 1}


def test_a_table_in_parts_and_in_one_file_is_refused(tmp_path: Path) -> None:
    extracts = write_parts(tmp_path, june=GOOD)
    (extracts / "custom_billing" / "subscription_lines.csv").write_text(HEADER)
    with pytest.raises(LandingRefusedError, match="folder subscription_lines holds the same table"):
        land(extracts, tmp_path / "x.duckdb")


def test_an_empty_folder_beside_the_file_of_its_table_is_refused(tmp_path: Path) -> None:
    extracts = write_parts(tmp_path, june=GOOD)
    folder = extracts / "custom_billing" / "subscription_lines"
    (folder / "june.csv").unlink()
    (extracts / "custom_billing" / "subscription_lines.csv").write_text(HEADER)
    with pytest.raises(LandingRefusedError) as refused:
        land(extracts, tmp_path / "x.duckdb")
    assert "subscription_lines/: is an empty folder" in str(refused.value)
    assert "folder subscription_lines holds the same table" in str(refused.value)


def test_a_folder_of_parts_holds_nothing_else(tmp_path: Path) -> None:
    extracts = write_parts(tmp_path, june=GOOD)
    (extracts / "custom_billing" / "subscription_lines" / "notes.txt").write_text("hi")
    with pytest.raises(LandingRefusedError, match=r"notes.txt: is not a part of a table; keep"):
        land(extracts, tmp_path / "x.duckdb")

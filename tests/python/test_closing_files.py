"""Files of closings that a spreadsheet saved or that were lost: months never fall out of them."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pytest

from arr_ledger.closing import ClosingRefusedError, close
from arr_ledger.landing import land

TABLES = ("closed_months", "closed_lines", "closed_customers", "closed_retention")
APRIL, MAY, JUNE = (date(2025, month, 1) for month in (4, 5, 6))
INSTANT = datetime(2025, 7, 3, 9, 30, tzinfo=UTC)
MARTS = """
create schema marts;
create table marts.rpt_arr_bridge_monthly as
    select date_month, 'all' as segment_type, cast(1500 as decimal(18, 2)) as ending_arr
    from (select unnest([date '2025-04-01', date '2025-05-01', date '2025-06-01']) as date_month);
create table marts.fct_arr_postings as
    select date '2025-01-01' as date_month, 'custom_billing' as source_system,
        'L' || n as line_id, 'S1' as subscription_id, 'C' || n as customer_id, 'P1' as product_id,
        'USD' as currency, cast(500 * n as decimal(18, 2)) as arr_in_line_currency,
        cast(500 * n as decimal(18, 2)) as arr_change, date '2025-01-01' as start_date,
        cast(null as date) as end_date, cast(null as date) as counted_until_date, 'load' as load_id
    from range(1, 3) as numbers (n);
create table marts.fct_customer_arr_monthly as
    select date_month, customer_id, arr_change as arr
    from (select unnest([date '2025-04-01', date '2025-05-01', date '2025-06-01']) as date_month)
    cross join (select customer_id, arr_change from marts.fct_arr_postings);
create table marts.rpt_ndr_grr_monthly as
    select date_month, 12 as window_months, 'all' as segment_type, 'all' as segment_value,
        ending_arr as base_arr, 2 as base_customers, ending_arr as net_retained_arr,
        ending_arr as gross_retained_arr, 2 as retained_customers
    from marts.rpt_arr_bridge_monthly;
"""


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("marts") / "arr_ledger.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(MARTS)
    return path


@pytest.fixture
def closed(database: Path, tmp_path: Path) -> Path:
    """April and May are closed."""
    close(database, APRIL, tmp_path, INSTANT)
    close(database, MAY, tmp_path, INSTANT)
    return tmp_path


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (folder / "closings").iterdir()}


def other_dates(text: str) -> str:
    return text.replace("2025-04-01", "01.04.2025").replace("2025-05-01", "01.05.2025")


def one_other_date(text: str) -> str:
    return text.replace("2025-05-01", "5/1/2025", 1)


def semicolons(text: str) -> str:
    return text.replace(",", ";")


def a_blank_line(text: str) -> str:
    return text.replace("\n2025-05", "\n\n2025-05", 1)


def first_row_gone(text: str) -> str:
    header, _, *rest = text.splitlines(keepends=True)
    return "".join([header, *rest])


def columns_moved(text: str) -> str:
    return "".join(",".join(line.split(",")[::-1]) + "\n" for line in text.splitlines())


def thousands(text: str) -> str:
    return text.replace("1000.00", "1 000.00")


EVERYWHERE = (other_dates, one_other_date, semicolons, columns_moved, a_blank_line)
DAMAGED = [
    *((table, change) for change in EVERYWHERE for table in TABLES),
    ("closed_lines", first_row_gone),
    ("closed_customers", first_row_gone),
    ("closed_lines", thousands),
]


@pytest.mark.parametrize(
    ("table", "change"), DAMAGED, ids=lambda each: getattr(each, "__name__", each)
)
def test_a_file_that_is_not_as_a_closing_left_it_is_refused_and_nothing_is_written(
    table: str, change: Callable[[str], str], closed: Path, database: Path
) -> None:
    path = closed / "closings" / f"{table}.csv"
    path.write_text(change(path.read_text()))
    before = contents(closed)
    with pytest.raises(ClosingRefusedError) as refused:
        close(database, JUNE, closed, INSTANT)
    assert f"{table}.csv" in str(refused.value)
    assert "\n" not in str(refused.value)
    if change in (one_other_date, a_blank_line, columns_moved):
        assert f"{table}.csv, line " in str(refused.value)
    assert contents(closed) == before


@pytest.mark.parametrize("name", TABLES)
def test_a_file_that_is_lost_is_refused_by_name(name: str, closed: Path, database: Path) -> None:
    (closed / "closings" / f"{name}.csv").unlink()
    before = contents(closed)
    with pytest.raises(ClosingRefusedError, match=rf"{name}.csv: is not there, but") as refused:
        close(database, JUNE, closed, INSTANT)
    assert "restore it" in str(refused.value)
    assert contents(closed) == before


@pytest.mark.parametrize(
    "change",
    [
        lambda text: f"\ufeff{text}",
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.rstrip("\n"),
        lambda text: f"{text}\n",
    ],
    ids=["byte order mark", "CRLF", "no last line end", "a blank line at the end"],
)
def test_a_mark_or_other_line_ends_lose_nothing(
    change: Callable[[str], str], closed: Path, database: Path
) -> None:
    close(database, JUNE, closed, INSTANT)
    expected = contents(closed)
    for name, content in expected.items():
        if name.endswith(".csv"):
            kept = "".join(
                line for line in content.decode().splitlines(True) if not line.startswith("2025-06")
            )
            (closed / "closings" / name).write_bytes(change(kept).encode())
    close(database, JUNE, closed, INSTANT)
    assert contents(closed) == expected


def test_a_month_that_was_reopened_can_be_closed_again(closed: Path, database: Path) -> None:
    whole = contents(closed)
    months = closed / "closings" / "closed_months.csv"
    months.write_text("".join(months.read_text().splitlines(keepends=True)[:-1]))
    close(database, MAY, closed, INSTANT)
    assert contents(closed) == whole


def test_a_segment_may_have_any_name(database: Path, tmp_path: Path) -> None:
    """NA is North America, and neither this nor None is a missing value."""
    changed = tmp_path / "arr_ledger.duckdb"
    shutil.copyfile(database, changed)
    names = ["NA", "None", "n/a", "-", "EMEA ", "emea", "sales@home.example", "=1+1", 'a "b", c']
    with duckdb.connect(str(changed)) as connection:
        connection.execute(
            "insert into marts.rpt_ndr_grr_monthly select date_month, 12, 'region', unnest(?),"
            " 1, 1, 1, 1, 1 from marts.rpt_ndr_grr_monthly",
            [names],
        )
    for month in (APRIL, MAY):
        close(changed, month, tmp_path, INSTANT)
    for folder in tmp_path.iterdir():
        if folder.name != "closings":
            folder.unlink()
    land(tmp_path, tmp_path.parent / f"{tmp_path.name}.duckdb")
    with duckdb.connect(str(tmp_path.parent / f"{tmp_path.name}.duckdb")) as connection:
        landed = connection.execute(
            "select distinct segment_value from raw_closings.closed_retention"
            " where segment_type = 'region'"
        ).fetchall()
    assert {name for (name,) in landed} == set(names)


def test_a_first_closing_that_is_cut_off_can_be_repeated(
    database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
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
            close(database, MAY, tmp_path, INSTANT)
    assert (tmp_path / "closings" / "closed_lines.csv").exists()
    close(database, MAY, tmp_path, INSTANT)
    close(database, MAY, tmp_path / "whole", INSTANT)
    whole = contents(tmp_path / "whole")
    assert {name: contents(tmp_path)[name] for name in whole} == whole


def test_closings_of_another_account_are_refused(
    closed: Path, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = contents(closed)
    monkeypatch.setattr(os, "geteuid", lambda: 65_530)
    with pytest.raises(ClosingRefusedError, match=r"/closings: belongs to .*; run it as "):
        close(database, JUNE, closed, INSTANT)
    assert contents(closed) == before


def test_a_closing_of_an_earlier_version_is_kept_and_the_next_one_says_its_currency(
    closed: Path, database: Path, tmp_path: Path
) -> None:
    """Only a release knows the currency it reports in."""
    file = closed / "closings" / "closed_months.csv"
    rows = [line.rpartition(",")[0] for line in file.read_text().splitlines()]
    file.write_text("\n".join(rows) + "\n")
    release = shutil.copy(database, tmp_path / "release.duckdb")
    with duckdb.connect(release) as connection:
        connection.execute("create table marts._release as select 'EUR' as reporting_currency")
    close(Path(release), JUNE, closed, INSTANT)
    ends = [line.split(",")[-1] for line in file.read_text().splitlines()]
    assert ends == ["reporting_currency", "", "", "EUR"]

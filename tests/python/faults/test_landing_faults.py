"""A file with one fault is refused whole, or its row quarantined; no row is lost without a word."""

from __future__ import annotations

import hashlib
from pathlib import Path

import duckdb
import pytest
from landing_extracts import query, write_extracts

from arr_ledger.landing import land
from arr_ledger.refresh import RefreshRefusedError, Request, refresh
from arr_ledger.refresh.progress import Progress
from faults.landing_cases import ACCEPTED, GOOD, GOOD_ROWS, HEADER, PUT_ASIDE, REFUSED, Case

LINES = "raw_custom_billing.subscription_lines"


def extracts_of(case: Case, folder: Path) -> Path:
    return write_extracts(folder, **{case.table: case.content}, **case.others)


@pytest.mark.parametrize("case", PUT_ASIDE, ids=str)
def test_a_bad_row_is_put_aside_with_its_reason_and_every_other_lands(
    case: Case, tmp_path: Path
) -> None:
    landing = land(extracts_of(case, tmp_path), tmp_path / "x.duckdb")
    (table,) = landing.tables
    aside = query(
        tmp_path,
        "select kind, reasons, length(row_as_read) > 2"
        " from raw_custom_billing.landed_rows_quarantined",
    )
    assert [(kind, is_kept) for kind, _, is_kept in aside] == [("fault", True)]
    assert case.says in aside[0][1]
    ((landed,),) = query(tmp_path, f"select count(*) from {LINES}")
    read = str(case.content).count("\n") - 1
    assert (table.rows_read, landed + len(aside)) == (read, read)
    assert "1 was quarantined (1 fault)" in landing.notices[0]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that a release is served from."""
    out = tmp_path_factory.mktemp("out")
    with duckdb.connect(str(out / "arr_ledger.duckdb")) as connection:
        connection.execute("create schema marts")
        connection.execute("create table marts._release as select 'r1' as release_id")
    return out


@pytest.mark.parametrize("case", REFUSED, ids=str)
def test_a_broken_file_is_refused_and_what_is_served_stays(
    case: Case, served: Path, tmp_path: Path
) -> None:
    before = hashlib.sha256((served / "arr_ledger.duckdb").read_bytes()).hexdigest()
    request = Request(extracts_of(case, tmp_path), served, {"as_of_date": "2026-06-30"})
    with pytest.raises(RefreshRefusedError) as refused:
        refresh(request, Progress(is_silent=True))
    said = str(refused.value).splitlines()
    assert said[0].startswith(f"custom_billing/{case.table}.csv{case.says}")
    assert said[-1] == "Still served: release r1."
    assert hashlib.sha256((served / "arr_ledger.duckdb").read_bytes()).hexdigest() == before
    assert sorted(path.name for path in served.iterdir()) == [
        ".refresh",
        "arr_ledger.duckdb",
        "releases",
    ]
    assert list((served / ".refresh" / "landed").iterdir()) == []


@pytest.mark.parametrize("case", ACCEPTED, ids=str)
def test_what_looks_odd_and_is_right_lands_whole(case: Case, tmp_path: Path) -> None:
    landing = land(extracts_of(case, tmp_path), tmp_path / "x.duckdb")
    assert [table.put_aside for table in landing.tables] == [{}] * len(landing.tables)
    ((rows,),) = query(tmp_path, f"select count(*) from {LINES}")
    assert rows in (GOOD_ROWS, GOOD_ROWS + 1)
    last = query(tmp_path, f"select * from {LINES} where line_id = 'BAD'")
    assert case.says in "|".join(str(value) for row in last for value in row)


def test_columns_in_another_order_land_as_in_this_one(tmp_path: Path) -> None:
    names = HEADER.strip().split(",")
    turned = [line.split(",") for line in GOOD.splitlines()]
    content = "".join(",".join(reversed(fields)) + "\n" for fields in turned)
    for folder, text in (("one", GOOD), ("other", content)):
        land(
            write_extracts(tmp_path / folder, subscription_lines=text),
            tmp_path / folder / "x.duckdb",
        )
    sql = f"select {', '.join(names)} from {LINES} order by line_id"
    assert query(tmp_path / "other", sql) == query(tmp_path / "one", sql)


def test_a_column_added_is_left_out_and_named(tmp_path: Path) -> None:
    content = "".join(f"{line},x\n" for line in GOOD.splitlines()).replace(
        "currency,x", "currency,note"
    )
    landing = land(write_extracts(tmp_path, subscription_lines=content), tmp_path / "x.duckdb")
    assert landing.tables[0].rows == GOOD_ROWS
    assert ["note" in each for each in landing.left_out] == [True]

"""No reader takes a path for more than the file it names: no partition, no pattern of names."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pytest
from landing_extracts import CUSTOMERS, LINES, write_extracts

from arr_ledger.landing import land, land_files
from arr_ledger.refresh.files import keep_files
from arr_ledger.refresh.folders import Folders

ROOT = Path(__file__).parents[2]
READERS = re.compile(r"\b(?:read_csv(?:_auto)?|read_parquet|parquet_scan)\(")
PARQUET = """
    select
        'L1' as line_id, 'C1' as customer_id, 'P1' as product_id, date '2024-01-01' as start_date,
        cast(null as date) as end_date, {amount} as term_amount, 12 as term_months,
        'USD' as currency, 'recurring' as charge_type
"""
LANDED = (
    "select term_amount::integer, currency, plan_tier from raw_custom_billing.subscription_lines"
)


def write_parquet(folder: Path, amount: int) -> Path:
    """One line in USD, and a customer of an unknown segment, in Parquet."""
    target = folder / "custom_billing"
    target.mkdir(parents=True)
    with duckdb.connect() as connection:
        for name, query in {
            "subscription_lines": f"{PARQUET}, cast(null as varchar) as plan_tier",
            "customers": "select 'C1' as customer_id, cast(null as varchar) as segment",
        }.items():
            rows = connection.sql(query.format(amount=amount))
            (target / f"{name}.parquet").write_bytes(b"")
            # written where no part of the path can be taken for more than it is
            plain = folder.parent / "plain.parquet"
            rows.write_parquet(str(plain))
            plain.replace(target / f"{name}.parquet")
    return folder


def landed(database: Path, query: str = LANDED) -> list[tuple]:
    with duckdb.connect(str(database), read_only=True) as connection:
        return connection.execute(query).fetchall()


@pytest.mark.parametrize("name", ["currency=EUR", "segment=EMEA", "term_amount=7", "plan_tier=pro"])
def test_the_name_of_a_folder_is_no_column(tmp_path: Path, name: str) -> None:
    extracts = write_parquet(tmp_path / name / "extracts", 100)
    land(extracts, tmp_path / "x.duckdb")
    assert landed(tmp_path / "x.duckdb") == [(100, "USD", None)]
    assert landed(
        tmp_path / "x.duckdb", "select customer_id, segment from raw_custom_billing.customers"
    ) == [("C1", None)]


@pytest.mark.parametrize("name", ["currency=EUR", "out[1]", "o*t"])
def test_the_name_of_the_published_folder_is_no_column_and_no_pattern(
    tmp_path: Path, name: str
) -> None:
    folders = Folders(tmp_path / name)
    folders.prepare()
    folders.work.mkdir()
    files, _ = keep_files(write_parquet(tmp_path / "extracts", 100), folders, {})
    land_files(files, folders.private, folders.copies)
    assert landed(folders.private) == [(100, "USD", None)]


@pytest.mark.parametrize(
    ("name", "other"),
    [("ex[1]", "ex1"), ("ex*", "ex1"), ("ex?", "ex1"), ("a[b]\\c", "ab\\c"), ("**", "ex1")],
)
def test_the_name_of_a_folder_is_no_pattern_of_names(tmp_path: Path, name: str, other: str) -> None:
    write_parquet(tmp_path / other, 999)
    land(write_parquet(tmp_path / name, 100), tmp_path / "x.duckdb")
    assert landed(tmp_path / "x.duckdb") == [(100, "USD", None)]


@pytest.mark.parametrize("name", ["t[1]", "currency=EUR", "t*"])
def test_the_folder_for_temporary_files_is_no_pattern_and_no_column(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / name).mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / name))
    extracts = write_extracts(tmp_path, subscription_lines=LINES, customers=CUSTOMERS)
    assert [table.rows for table in land(extracts, tmp_path / "x.duckdb").tables] == [2, 3]
    land(write_parquet(tmp_path / "parquet", 100), tmp_path / "y.duckdb")
    assert landed(tmp_path / "y.duckdb") == [(100, "USD", None)]


def test_a_database_is_a_file_whatever_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    extracts = write_extracts(tmp_path, subscription_lines=LINES)
    for name in (":memory:", "md:x", "x=1[a].duckdb"):
        land(extracts, Path(name))
        assert (tmp_path / name).is_file()


def test_every_reader_of_the_project_says_that_folders_are_no_columns() -> None:
    files = [
        path
        for folder in ("arr_ledger", "tools", "macros", "models", "examples", "benchmarks", "docs")
        for kind in ("*.py", "*.sql", "*.md")
        for path in (ROOT / folder).rglob(kind)
        if ".venv" not in path.parts
    ]
    calls = [
        (f"{path.relative_to(ROOT)}", text[found.start() : found.start() + 300])
        for path in files
        for text in [path.read_text(encoding="utf-8")]
        for found in READERS.finditer(text)
    ]
    assert len(calls) > 5
    guessing = [where for where, call in calls if "hive_partitioning = false" not in call]
    assert guessing == []

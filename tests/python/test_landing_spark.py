"""arr-ledger land --spark-folder: what a cluster is handed, and what is said if it takes none."""

import subprocess
from pathlib import Path
from types import SimpleNamespace

import duckdb
import pytest
from landing_extracts import CUSTOMERS, LINES, write_extracts
from test_landing_command import arr_ledger

from arr_ledger.landing import spark
from arr_ledger.landing.land import land

BAD = "L9,,C1,P1,,not a day,,10,1,,USD,recurring,,,\n"


def landed(folder: Path) -> Path:
    many = "".join(f"M{n},,C1,P1,,2024-01-01,,10,1,,USD,recurring,,,\n" for n in range(200))
    extracts = write_extracts(folder, subscription_lines=LINES + many + BAD, customers=CUSTOMERS)
    land(extracts, folder / "x.duckdb")
    return folder / "x.duckdb"


def test_every_raw_table_is_written_with_its_types_and_the_quarantined_rows_are_among_them(
    tmp_path: Path,
) -> None:
    tables = spark.write_parquet(landed(tmp_path), tmp_path / "shared")
    by_name = {f"{table['schema']}.{table['name']}": table["columns"] for table in tables}
    lines = by_name["raw_custom_billing.subscription_lines"]
    assert lines["line_id"] == "string"
    assert lines["term_amount"] == "decimal(18,4)"
    assert lines["start_date"] == "date"
    assert by_name["raw_custom_billing.landed_rows_quarantined"]
    with duckdb.connect() as connection:
        for name, count in (("subscription_lines", 203), ("landed_rows_quarantined", 1)):
            file = tmp_path / "shared" / "raw_custom_billing" / f"{name}.parquet"
            found = connection.execute(f"select count(*) from read_parquet('{file}')").fetchone()
            assert found == (count,)


def test_a_cluster_that_is_not_there_leaves_one_sentence_that_says_to_land_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object, **__: object) -> SimpleNamespace:
        return SimpleNamespace(returncode=2, stdout="Could not connect\nto any of x\n", stderr="")

    database = landed(tmp_path)
    monkeypatch.setattr(subprocess, "run", refused)
    with pytest.raises(spark.SparkLandingError) as refusal:
        spark.land_on_spark(database, tmp_path / "shared")
    assert "land again before you build" in str(refusal.value)
    assert "Could not connect to any of x" in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_without_dbt_spark_nothing_is_landed_and_the_command_to_install_it_is_named(
    tmp_path: Path,
) -> None:
    write_extracts(tmp_path, subscription_lines=LINES, customers=CUSTOMERS)
    done = arr_ledger(
        tmp_path,
        *("land", "--extracts", "extracts", "--database", "x.duckdb"),
        *("--spark-folder", "shared"),
    )
    assert done.returncode == 1
    assert "dbt-spark[PyHive]==" in done.stderr
    assert not (tmp_path / "x.duckdb").exists()

"""What a build must not do, seen in the sample company's manifest and tables."""

from __future__ import annotations

import json
import re
from pathlib import Path

import duckdb
from published_place import serve

from arr_ledger.refresh.folders import Folders
from arr_ledger.refresh.publish import Release

MONEY = re.compile(r"(?:^|_)(?:arr|mrr|amount|price)(?:_|$)")
QUOTIENT = re.compile(
    r"^(fct_\w+|rpt_arr_bridge_monthly)\.(\w+_)?(mrr(_change)?|arr_per_customer)$"
)


def test_62_nothing_is_built_on_an_earlier_build(sample_database: Path) -> None:
    manifest = json.loads((sample_database.parent / "target" / "manifest.json").read_text())
    kinds = {
        (node["resource_type"], node["config"].get("materialized"))
        for node in manifest["nodes"].values()
        if node["resource_type"] not in ("test", "operation", "analysis")
    }
    assert kinds == {("model", "table"), ("model", "view"), ("seed", "seed")}


def test_63_no_money_is_a_floating_point_number(sample_database: Path) -> None:
    with duckdb.connect(str(sample_database), read_only=True) as connection:
        columns = connection.execute(
            "select table_name || '.' || column_name, column_name, data_type"
            " from information_schema.columns"
            " where table_schema in ('staging', 'intermediate', 'marts')"
        ).fetchall()
    money = {name: kind for name, column, kind in columns if MONEY.search(column)}
    assert sum(kind.startswith("DECIMAL") for kind in money.values()) > 100
    # MRR is the twelfth of an amount, which has no whole cents
    amounts = {name: kind for name, kind in money.items() if not QUOTIENT.search(name)}
    assert [name for name, kind in amounts.items() if kind in ("DOUBLE", "FLOAT")] == []


def test_73_what_a_killed_refresh_left_is_gone_before_the_next_begins(tmp_path: Path) -> None:
    folders = Folders(tmp_path)
    folders.prepare()
    left = folders.work / "target" / "run_results.json"
    left.parent.mkdir(parents=True)
    left.write_text('{"results": []}')
    folders.clear_leftovers()
    assert not folders.work.exists()


def test_75_no_part_of_a_release_waits_in_a_write_ahead_log(tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / "built.duckdb")) as connection:
        connection.execute("create schema marts")
        connection.execute("create table marts.numbers as from range(1000)")
    node = {
        "resource_type": "model",
        "name": "numbers",
        "schema": "marts",
        "config": {"materialized": "table"},
        "depends_on": {"nodes": []},
    }
    folders = Folders(tmp_path / "out")
    folders.prepare()
    release = Release("r1", "2026-07-01 06:00:00", "2026-06-30", "a" * 64, "1", "1", 1, None)
    manifest = {"nodes": {"model.p.numbers": node}}
    serve(tmp_path / "built.duckdb", manifest, release, folders)
    assert [path.name for path in folders.out.rglob("*.wal")] == []
    with duckdb.connect(str(folders.served), read_only=True) as connection:
        assert connection.execute("select count(*) from marts.numbers").fetchone() == (1000,)

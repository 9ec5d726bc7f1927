"""Tables that a loader fills in append mode: rows twice, and what they were before, change nothing.

Every raw table of the sample company is written with each row twice and, where the loader says when
it wrote a row, with an older version of each that says nothing but its ids.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import yaml

PROJECT = Path(__file__).resolve().parents[2]
DBT = Path(sys.executable).parent / "dbt"
STAGING = PROJECT / "models" / "staging"
# our own tables, which no loader writes; rates and events have no key by which a version is known
WRITTEN_ONCE = {"closings", "releases"}
WITHOUT_VERSIONS = {"fx_rates", "post_sale_expenses", "subscription_item_change_events"}
SYNCED, EXTRACTED = "_fivetran_synced", "_airbyte_extracted_at"


def raw_tables() -> Iterator[tuple[str, str, str, set[str]]]:
    """(system, schema, table, columns of its key) of every declared table."""
    for path in sorted(STAGING.rglob("_*__sources.yml")):
        for source in yaml.safe_load(path.read_text())["sources"]:
            for table in source["tables"]:
                keys = {
                    column["name"]
                    for column in table["columns"]
                    if column.get("config", {}).get("meta", {}).get("is_key")
                }
                yield source["name"], source["schema"], table["name"], keys


def older(names: list[str], loaded_at: str, keys: set[str]) -> str:
    """The columns of a version that was loaded a day earlier: ids, and nothing else."""
    shown = []
    for name in names:
        if name == loaded_at:
            shown.append(f'"{name}" - interval 1 day')
        elif name in keys or name == "id" or name.endswith("_id"):
            shown.append(f'"{name}"')
        else:
            shown.append("null")
    return ", ".join(shown)


def write_raw_tables(sample: Path, database: Path) -> int:
    """Raw tables of the sample company as a loader in append mode leaves them; their number."""
    written = 0
    with duckdb.connect(str(database)) as connection:
        connection.execute(f"attach '{sample}' as sample (read_only)")
        for system, schema, table, keys in raw_tables():
            seed = f"sample.sample_extracts.sample_{system}__{table}"
            try:
                names = [row[0] for row in connection.execute(f"describe {seed}").fetchall()]
            except duckdb.CatalogException:
                continue  # the sample company has no such table
            connection.execute(f"create schema if not exists {schema}")
            rows, raw = f"select * from {seed}", f"{schema}.{table}"
            if system in WRITTEN_ONCE or table.startswith("landed_"):
                connection.execute(f"create table {raw} as {rows}")
                continue
            loaded_at = SYNCED
            if SYNCED not in names and table not in WITHOUT_VERSIONS:
                loaded_at, names = EXTRACTED, [*names, EXTRACTED]
                rows = f"select *, timestamp '2026-06-30 23:00:00' as {EXTRACTED} from {seed}"
            connection.execute(f"create table {raw} as {rows} union all {rows}")
            if table not in WITHOUT_VERSIONS:
                before = older(names, loaded_at, keys)
                connection.execute(f"insert into {raw} select {before} from ({rows})")
            written += 1
    return written


def staged(database: Path) -> dict[str, tuple[int, int]]:
    """Staging view -> its number of rows and the sum of their hashes; every model reads from it."""
    with duckdb.connect(str(database), read_only=True) as connection:
        names = connection.execute(
            "select view_name from duckdb_views() where schema_name = 'staging' order by all"
        ).fetchall()
        return {
            name: connection.execute(
                "select count(*), sum(cast(md5_number_lower(cast(row_of as varchar)) as hugeint))"
                f" from staging.{name} as row_of"
            ).fetchone()
            for (name,) in names
        }


def test_rows_twice_and_what_they_were_before_change_nothing(
    sample_database: Path, tmp_path: Path
) -> None:
    database = tmp_path / "arr_ledger.duckdb"
    assert write_raw_tables(sample_database, database) == 31
    done = subprocess.run(
        [
            *(DBT, "--quiet", "--log-path", tmp_path / "logs", "build"),
            *("--select", "staging", "--indirect-selection", "cautious"),
            *("--target-path", tmp_path / "target"),
            *("--vars", json.dumps({"use_sample_extracts": False})),
        ],
        cwd=PROJECT,
        env={**os.environ, "ARR_LEDGER_DATABASE": str(database)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:]
    assert staged(database) == staged(sample_database)

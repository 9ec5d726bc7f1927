"""Raw tables on a Spark cluster, made of Parquet files of what landed here.

Checks, quarantine and what a landing remembers of those before stay with DuckDB on this machine;
the cluster receives every raw table that they left, the quarantined rows among them.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import duckdb

from arr_ledger.problems import RefusedError
from arr_ledger.project import PROJECT_FOLDER
from arr_ledger.sql import literal, quoted

SPARK_TYPES = {"VARCHAR": "string", "TIMESTAMP": "timestamp", "INTEGER": "int"}


class SparkLandingError(Exception):
    """The cluster did not take every raw table: why, and what to do. What it took stays."""


def refuse_without_dbt_spark() -> None:
    """Before anything is landed. RefusedError: dbt has no adapter for Spark here."""
    if find_spec("dbt.adapters.spark") is None:
        raise RefusedError(
            "dbt-spark is not installed beside arr_ledger: add the package"
            " dbt-spark[PyHive]==1.11.0."
        )


def write_parquet(database: Path, folder: Path) -> list[dict[str, Any]]:
    """Writes each raw table as folder/schema/name.parquet; returns what load_raw_tables is told."""
    tables: list[dict[str, Any]] = []
    with duckdb.connect(str(database), read_only=True) as connection:
        found = connection.execute(
            "select table_schema, table_name, column_name, data_type"
            " from information_schema.columns where table_schema like 'raw\\_%' escape '\\'"
            " order by table_schema, table_name, ordinal_position"
        ).fetchall()
        for schema, name, column, kind in found:
            if not tables or (tables[-1]["schema"], tables[-1]["name"]) != (schema, name):
                tables.append({"schema": schema, "name": name, "columns": {}})
            tables[-1]["columns"][column] = SPARK_TYPES.get(kind, kind.lower())
        for table in tables:
            file = folder / table["schema"] / f"{table['name']}.parquet"
            file.parent.mkdir(parents=True, exist_ok=True)
            relation = f"{quoted(table['schema'])}.{quoted(table['name'])}"
            connection.execute(f"copy {relation} to {literal(str(file))} (format parquet)")
    return tables


def land_on_spark(database: Path, folder: Path, uri: str | None = None) -> int:
    """Copies the raw tables of the file to the cluster of the target spark; returns how many.

    ``uri`` is what the cluster calls the folder. SparkLandingError: it did not take them all.
    """
    tables = write_parquet(database, folder)
    told = {"folder": (uri or folder.resolve().as_uri()).rstrip("/"), "tables": tables}
    done = subprocess.run(
        [
            *(Path(sys.executable).with_name("dbt"), "--log-level", "warn", "--no-use-colors"),
            *("run-operation", "load_raw_tables", "--target", "spark", "--args", json.dumps(told)),
            *("--project-dir", str(PROJECT_FOLDER), "--profiles-dir", str(PROJECT_FOLDER)),
            *("--target-path", str(folder.resolve() / "dbt"), "--log-path", str(folder.resolve())),
        ],
        env=os.environ | {"DBT_SEND_ANONYMOUS_USAGE_STATS": "false"},
        cwd=PROJECT_FOLDER,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        said = " ".join((done.stdout + done.stderr).split())
        raise SparkLandingError(
            f"The cluster did not take the raw tables; some may be those of this landing and some"
            f" those of the one before: land again before you build. It said: {said[-600:]}"
        )
    return len(tables)

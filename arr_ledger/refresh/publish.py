"""Copies the marts of a tested build into a release; serve.py lets readers see it.

A release holds the marts and, in the schema ``intermediate``, only the tables that a mart which is
a view reads. Nothing of staging and no raw table leaves the private file.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import duckdb

from arr_ledger.durable import sha256_of
from arr_ledger.marts_file import MARTS
from arr_ledger.refresh.folders import UNFINISHED, Folders
from arr_ledger.sql import literal

# the oldest DuckDB that still reads the file; later features of the format are not used
STORAGE_VERSION = "v1.2.0"
NOT_IN_THE_FILE = ("number", "replaces", "inputs_sha256", "is_audited", "file_sha256")


@dataclass(frozen=True)
class Release:
    """What a published file says about itself: the one row of marts._release."""

    release_id: str
    built_at: str
    as_of_date: str
    extracts_sha256: str
    project_version: str
    duckdb_version: str
    tests_run: int
    accepted_reason: str | None
    number: int = 0  # counts up with every release of a folder, whatever the clock says
    replaces: str = ""  # the release that was served when it was made
    rows: int = 0
    landed_rows: int = 0  # as read from the files: those that landed and those quarantined
    quarantined_rows: int = 0
    files: dict[str, str] = field(default_factory=dict)  # SHA-256 by <system>/<file>
    put_aside: dict[str, dict[str, int]] = field(default_factory=dict)  # by table and kind
    accepted: dict[str, str] = field(default_factory=dict)  # what was blocked: why it is right
    unit_tests: dict[str, str] = field(default_factory=dict)  # code_sha256; release_id: run for it
    inputs_sha256: str = ""  # of all that it was made from
    is_audited: bool = True
    unchanged_since: dict[str, str] = field(default_factory=dict)  # day, by system of the files
    reporting_currency: str = ""  # of every amount without a currency of its own
    variables: dict[str, Any] = field(default_factory=dict)  # of the policy, defaults among them
    file_sha256: str = ""  # of the DuckDB file itself, which cannot hold it


@dataclass(frozen=True)
class Mart:
    """A mart and how it is published."""

    name: str
    is_view: bool
    reads: tuple[str, ...]  # schema.name of its parents


def write_release(
    built: Path, manifest: dict[str, Any], release: Release, folders: Folders
) -> Path:
    """Writes a release folder that is still called unfinished, so that it can be audited."""
    folder = folders.releases / f"{UNFINISHED}{release.release_id}"
    folder.mkdir(parents=True)
    file = folder / folders.served.name
    with duckdb.connect(config={"temp_directory": str(folders.work)}) as connection:
        # its views find their tables under the name it was built under
        connection.execute(f"attach {literal(built)} as {built.stem} (read_only)")
        connection.execute(
            f"attach {literal(file)} as served (storage_version '{STORAGE_VERSION}')"
        )
        marts = marts_of(manifest)
        rows = _copy(connection, marts, built.stem)
        release = replace(release, rows=rows)
        _write_release(connection, release)
        connection.execute("checkpoint served")
        _write_parquet(connection, folder / "parquet", marts)
        connection.execute("detach served")
    release = replace(release, file_sha256=sha256_of(file))
    (folder / "release.json").write_text(json.dumps(asdict(release), indent=1), encoding="utf-8")
    return folder


def marts_of(manifest: dict[str, Any]) -> list[Mart]:
    """Tables first, then views.

    A view is published as one only if all it reads are tables, and unless its meta says
    `in_a_release: table`.
    """
    models = {
        name: node
        for name, node in manifest["nodes"].items()
        if node["resource_type"] in ("model", "seed")
    }

    def is_view(name: str) -> bool:
        return models[name]["config"]["materialized"] == "view"

    def stays_view(name: str) -> bool:
        declared = models[name]["config"].get("meta", {}).get("in_a_release")
        return is_view(name) and declared != "table" and all(map(is_table, reads_of(name)))

    def is_table(name: str) -> bool:
        is_mart = models[name]["schema"] == MARTS
        return not is_view(name) or (is_mart and not stays_view(name))

    def reads_of(name: str) -> list[str]:
        return models[name]["depends_on"]["nodes"]

    found = []
    for name, node in models.items():
        if node["schema"] != MARTS:
            continue
        reads = sorted(
            f"{models[each]['schema']}.{models[each]['name']}" for each in reads_of(name)
        )
        found.append(Mart(node["name"], stays_view(name), tuple(reads)))
    return sorted(found, key=lambda mart: (mart.is_view, mart.name))


def _copy(connection: duckdb.DuckDBPyConnection, marts: Sequence[Mart], built: str) -> int:
    """Fills the new file; returns the rows of its tables."""
    support = sorted({parent for mart in marts if mart.is_view for parent in mart.reads})
    rows = 0
    connection.execute(f"create schema served.{MARTS}")
    for name in (each for each in support if not each.startswith(f"{MARTS}.")):
        schema = name.split(".")[0]
        connection.execute(f"create schema if not exists served.{schema}")
        connection.execute(f"create table served.{name} as from {built}.{name}")
    for mart in marts:
        name = f"{MARTS}.{mart.name}"
        if mart.is_view:
            connection.execute("use served")
            connection.execute(_without_catalog(_view_sql(connection, built, mart.name), built))
            connection.execute("use memory")
        else:
            ((count,),) = connection.execute(
                f"create table served.{name} as from {built}.{name}"
            ).fetchall()
            rows += count
    return rows


def _view_sql(connection: duckdb.DuckDBPyConnection, built: str, name: str) -> str:
    ((sql,),) = connection.execute(
        "select sql from duckdb_views()"
        " where database_name = ? and schema_name = ? and view_name = ?",
        [built, MARTS, name],
    ).fetchall()
    return sql


def _without_catalog(query: str, catalog: str) -> str:
    """Names of two parts are found in whatever name the file is attached under."""
    return query.replace(f'"{catalog}".', "").replace(f"{catalog}.", "")


def _write_release(connection: duckdb.DuckDBPyConnection, release: Release) -> None:
    connection.execute(
        f"""
        create table served.{MARTS}._release as
        select
            $release_id as release_id,
            cast($built_at as timestamp) as built_at,
            cast($as_of_date as date) as as_of_date,
            $extracts_sha256 as extracts_sha256,
            $project_version as project_version,
            $duckdb_version as duckdb_version,
            cast($tests_run as integer) as tests_run,
            cast($accepted_reason as varchar) as accepted_reason,
            cast($rows as bigint) as published_rows,
            cast($landed_rows as bigint) as landed_rows,
            cast($quarantined_rows as bigint) as quarantined_rows,
            cast($reporting_currency as varchar) as reporting_currency
        """,
        {
            name: value
            for name, value in asdict(release).items()
            if not isinstance(value, dict) and name not in NOT_IN_THE_FILE
        },
    )


def _write_parquet(
    connection: duckdb.DuckDBPyConnection, folder: Path, marts: Sequence[Mart]
) -> None:
    folder.mkdir()
    connection.execute("use served")
    for name in [*(mart.name for mart in marts if not mart.is_view), "_release"]:
        connection.execute(
            f"copy {MARTS}.{name} to {literal(folder / f'{name}.parquet')} (format parquet)"
        )
    connection.execute("use memory")

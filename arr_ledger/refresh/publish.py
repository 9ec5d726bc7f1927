"""Copies the marts of a tested build into a release, then lets readers see it in one step.

A release holds the marts and, in the schema ``intermediate``, only the tables that a mart which is
a view reads. Nothing of staging and no raw table leaves the private file.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from arr_ledger.durable import sync
from arr_ledger.refresh.folders import FOR_ALL_TO_READ, UNFINISHED, Folders, remove
from arr_ledger.sql import literal

# the oldest DuckDB that still reads the file; later features of the format are not used
STORAGE_VERSION = "v1.2.0"
MARTS = "marts"
READ_ONLY = 0o444


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
    rows: int = 0
    landed_rows: int = 0  # as read from the files: those that landed and those put aside
    quarantined_rows: int = 0
    files: dict[str, str] = field(default_factory=dict)  # SHA-256 by <system>/<file>
    put_aside: dict[str, dict[str, int]] = field(default_factory=dict)  # by table and kind
    accepted: dict[str, str] = field(default_factory=dict)  # what was held back: why it is right
    unit_tests: dict[str, str] = field(default_factory=dict)  # code_sha256; release_id: run for it


@dataclass(frozen=True)
class Mart:
    """A mart and how it is published."""

    name: str
    is_view: bool
    reads: tuple[str, ...]  # schema.name of its parents


def make_release(built: Path, manifest: dict[str, Any], release: Release, folders: Folders) -> Path:
    """Writes a release folder under its final name; readers do not see it yet."""
    return finish_release(write_release(built, manifest, release, folders), folders)


def write_release(
    built: Path, manifest: dict[str, Any], release: Release, folders: Folders
) -> Path:
    """Writes a release folder that is still called unfinished, so that it can be audited."""
    folder = folders.releases / f"{UNFINISHED}{release.release_id}"
    folder.mkdir(parents=True)
    file = folder / folders.served.name
    with duckdb.connect() as connection:
        # its views find their tables under the name it was built under
        connection.execute(f"attach {literal(built)} as {built.stem} (read_only)")
        connection.execute(
            f"attach {literal(file)} as served (storage_version '{STORAGE_VERSION}')"
        )
        marts = marts_of(manifest)
        rows = _copy(connection, marts, built.stem)
        release = Release(**{**asdict(release), "rows": rows})
        _write_release(connection, release)
        connection.execute("checkpoint served")
        _write_parquet(connection, folder / "parquet", marts)
        connection.execute("detach served")
    (folder / "release.json").write_text(json.dumps(asdict(release), indent=1), encoding="utf-8")
    return folder


def finish_release(folder: Path, folders: Folders) -> Path:
    """Makes an unfinished release read-only and durable and gives it its final name."""
    for path in (folder, *folder.rglob("*")):
        path.chmod(FOR_ALL_TO_READ if path.is_dir() else READ_ONLY)
        sync(path)
    final = folders.releases / folder.name.removeprefix(UNFINISHED)
    folder.rename(final)
    sync(folders.releases)
    return final


def serve(release_folder: Path, folders: Folders) -> None:
    """Who opens the file from here on sees this release; who has it open keeps the old one."""
    show(stage(release_folder, folders), folders)


def stage(release_folder: Path, folders: Folders) -> Path:
    """Copies the file of a release beside the served one; what is left is a rename."""
    staged = folders.out / f"{UNFINISHED}{folders.served.name}"
    shutil.copyfile(release_folder / folders.served.name, staged)
    staged.chmod(READ_ONLY)
    sync(staged)
    return staged


def show(staged: Path, folders: Folders) -> None:
    """Puts a staged file in the place of the served one."""
    staged.replace(folders.served)
    sync(folders.out)


def take_away_old(folders: Folders, keep: int, served: str) -> list[str]:
    """Removes all but the newest releases; the served one stays whatever its age."""
    kept = sorted(
        (path for path in folders.releases.iterdir() if not path.name.startswith(".")),
        reverse=True,
    )
    gone = [path for path in kept[keep:] if path.name != served]
    for path in gone:
        remove(path)
    return [path.name for path in gone]


def marts_of(manifest: dict[str, Any]) -> list[Mart]:
    """Tables first, then views; a view is published as one only if all it reads are tables."""
    models = {
        name: node
        for name, node in manifest["nodes"].items()
        if node["resource_type"] in ("model", "seed")
    }

    def is_view(name: str) -> bool:
        return models[name]["config"]["materialized"] == "view"

    found = []
    for name, node in models.items():
        if node["schema"] != MARTS:
            continue
        parents = node["depends_on"]["nodes"]
        reads = sorted(f"{models[each]['schema']}.{models[each]['name']}" for each in parents)
        stays_view = is_view(name) and not any(is_view(each) for each in parents)
        found.append(Mart(node["name"], stays_view, tuple(reads)))
    return sorted(found, key=lambda mart: (mart.is_view, mart.name))


def published_columns(connection: duckdb.DuckDBPyConnection) -> dict[str, dict[str, str]]:
    """Of a file of a release: mart to column to type, _release among them."""
    marts: dict[str, dict[str, str]] = {}
    for name, column, its_type in connection.execute(
        "select table_name, column_name, data_type from information_schema.columns"
        f" where table_schema = '{MARTS}' order by table_name, ordinal_position"
    ).fetchall():
        marts.setdefault(name, {})[column] = its_type
    return marts


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
            cast($quarantined_rows as bigint) as quarantined_rows
        """,
        {name: value for name, value in asdict(release).items() if not isinstance(value, dict)},
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

"""What every release was built from: where the next landing starts, and what it is compared with.

Which load brought a row, and which load no longer had it, is known only against the landing before;
so the raw schemas outlive the private file of a refresh. They are kept by release: the next landing
starts from those of the release that is served, so a rollback takes back what was learned after it.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import duckdb

from arr_ledger.durable import sha256_of, sync
from arr_ledger.landing.declared import declared_systems
from arr_ledger.landing.kept import DELETED
from arr_ledger.refresh.folders import UNFINISHED, Folders, remove
from arr_ledger.refresh.problems import RefreshRefusedError
from arr_ledger.refresh.releases import kept_releases
from arr_ledger.refresh.serve import served_release
from arr_ledger.sql import literal

RAW_TABLES = """
    select schema_name || '.' || table_name from duckdb_tables()
    where database_name = ? and list_contains(?, schema_name) order by 1
"""


def start_from_last_landing(folders: Folders) -> dict[str, int]:
    """Puts the landing of the served release into the private file; returns rows by table.

    Nothing at first. Rows that were gone already count no more.
    """
    start = landing_of(served_release(folders), folders)
    if start is None:
        return {}
    hashes = start.with_suffix(".json")
    if hashes.exists() and json.loads(hashes.read_text())["landing_sha256"] != sha256_of(start):
        raise RefreshRefusedError(
            f"{start}: is not as the refresh left it; bring it back from a backup, or take it away:"
            " then every row counts as new in the next landing, which is blocked once."
        )
    shutil.copyfile(start, folders.private)
    folders.private.chmod(0o600)
    try:
        return landed_rows(folders)
    except duckdb.Error as error:
        reason = str(error).splitlines()[0].replace(f"{folders.private}", f"{start}")
        raise RefreshRefusedError(
            f"{start}: cannot be read ({reason}); bring it back from a backup, or take it away:"
            " then every row counts as new in the next landing, which is blocked once."
        ) from None


def missing_landing(folders: Folders) -> list[str]:
    """A sentence if the served release has no landing, so that no loss since can be seen."""
    served = served_release(folders)
    if served is None or folders.landing(served).exists() or folders.earlier_landing.exists():
        return []
    return [
        f"{folders.landing(served)}, the landing of the served release, is not there: which rows"
        " went missing since cannot be seen, and every row counts as new"
    ]


def landing_of(release_id: str | None, folders: Folders) -> Path | None:
    """The landing of this release; of one from before they were kept by release, the newest."""
    if release_id is not None and folders.landing(release_id).exists():
        return folders.landing(release_id)
    if folders.earlier_landing.exists():
        return folders.earlier_landing
    kept = [folders.landing(facts["release_id"]) for facts in kept_releases(folders)]
    return next((landing for landing in kept if landing.exists()), None)


def landed_rows(folders: Folders) -> dict[str, int]:
    """Rows of the private file by raw table, those that are gone not among them."""
    with duckdb.connect(str(folders.private), read_only=True) as connection:
        return {
            name: _rows(connection, name) for name in _raw_tables(connection, folders.private.stem)
        }


def keep_landing(release_id: str, folders: Folders, file_sha256: str = "") -> None:
    """Keeps the landing in the private file as that of a release, with the hashes of both."""
    kept = folders.landing(release_id)
    partial = kept.with_name(f"{UNFINISHED}{kept.name}")
    with duckdb.connect(config={"temp_directory": str(folders.work)}) as connection:
        private = folders.private.stem
        connection.execute(f"attach {literal(folders.private)} as {private} (read_only)")
        connection.execute(f"attach {literal(partial)} as kept")
        for name in _raw_tables(connection, private):
            connection.execute(f"create schema if not exists kept.{name.split('.')[0]}")
            connection.execute(f"create table kept.{name} as from {private}.{name}")
        connection.execute("checkpoint kept")
        connection.execute("detach kept")
    partial.chmod(0o600)
    sync(partial)
    hashes = {"file_sha256": file_sha256, "landing_sha256": sha256_of(partial)}
    partial.replace(kept)
    folders.hashes(release_id).write_text(json.dumps(hashes), encoding="utf-8")
    sync(folders.hashes(release_id))
    sync(folders.landings)


def forget_landings(folders: Folders, kept: set[str]) -> None:
    """Removes the landings of releases that are not kept, and that of an earlier version."""
    for path in folders.landings.iterdir():
        if path.stem not in kept:
            remove(path)
    if any(folders.landings.iterdir()):
        remove(folders.earlier_landing)


def keep_renewal_bases(folders: Folders) -> None:
    """Lays what this release shows as its renewal base beside what landed, for the next one."""
    with duckdb.connect(str(folders.private)) as connection:
        shown = "from duckdb_tables() where table_name = 'fct_renewal_base_snapshots'"
        if not connection.execute(shown).fetchall():
            return
        connection.execute("create schema if not exists raw_releases")
        connection.execute(
            "create or replace table raw_releases.landed_renewal_bases as"
            " from marts.fct_renewal_base_snapshots"
        )


def _raw_tables(connection: duckdb.DuckDBPyConnection, catalog: str) -> list[str]:
    schemas = [system.schema for system in declared_systems().values()]
    return [name for (name,) in connection.execute(RAW_TABLES, [catalog, schemas]).fetchall()]


def _rows(connection: duckdb.DuckDBPyConnection, name: str) -> int:
    table = connection.table(name)
    if DELETED in table.columns:
        table = table.filter(f"{DELETED} is null")
    return len(table)

"""The releases a folder keeps: which there are, which is served, the way back to one of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from arr_ledger.refresh.folders import Folders
from arr_ledger.refresh.lock import locked
from arr_ledger.refresh.machine import machine_refusals
from arr_ledger.refresh.postgres import publish_to_postgres
from arr_ledger.refresh.problems import RefreshRefusedError
from arr_ledger.refresh.publish import MARTS, show, stage


@dataclass(frozen=True)
class KeptRelease:
    """A release in the folder, and whether it is the one that readers get."""

    facts: dict[str, Any]
    is_served: bool

    @property
    def release_id(self) -> str:
        return self.facts["release_id"]


def served_release(folders: Folders) -> str | None:
    """Id of what readers get; None before the first release."""
    if not folders.served.exists():
        return None
    with duckdb.connect(str(folders.served), read_only=True) as connection:
        ((release_id,),) = connection.execute(f"select release_id from {MARTS}._release").fetchall()
    return release_id


def list_releases(out: Path) -> list[KeptRelease]:
    """Newest first."""
    folders = Folders(out)
    if not folders.releases.is_dir():
        raise RefreshRefusedError(
            f"{out}: no release was ever published here; name the folder that"
            " `arr-ledger refresh --out` was given."
        )
    served = served_release(folders)
    return [KeptRelease(facts, facts["release_id"] == served) for facts in kept_facts(folders)]


def roll_back(out: Path, release_id: str | None = None, postgres: str | None = None) -> KeptRelease:
    """Serves an earlier release again: the one named, or the one before the served one."""
    folders = Folders(out)
    kept = list_releases(out)
    folders.refuse_another_account()
    with machine_refusals(out), locked(folders.lock):
        folders.clear_leftovers()
        chosen = _chosen(kept, release_id, out)
        try:
            staged = stage(folders.releases / chosen.release_id, folders)
            if postgres:
                publish_to_postgres(staged, postgres)
            show(staged, folders)
        finally:
            folders.clear_leftovers()
    return KeptRelease(chosen.facts, True)


def _chosen(kept: list[KeptRelease], release_id: str | None, out: Path) -> KeptRelease:
    names = ", ".join(release.release_id for release in kept) or "none"
    if release_id is not None:
        for release in kept:
            if release.release_id == release_id:
                return release
        raise RefreshRefusedError(f"{out}: release {release_id} is not kept; there are {names}.")
    served = next((place for place, release in enumerate(kept) if release.is_served), None)
    if served is None or served + 1 >= len(kept):
        raise RefreshRefusedError(
            f"{out}: no release before the served one is kept; there are {names}."
        )
    return kept[served + 1]


def kept_facts(folders: Folders) -> Iterator[dict[str, Any]]:
    """What release.json says of every release that is kept, newest first."""
    for folder in sorted(folders.releases.iterdir(), reverse=True):
        if not folder.name.startswith("."):
            yield json.loads((folder / "release.json").read_text(encoding="utf-8"))

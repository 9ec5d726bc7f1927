"""The releases a folder keeps: which there are, which is served, the way back to one of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from arr_ledger.refresh.boards import show_boards
from arr_ledger.refresh.folders import SERVED_NAME, UNFINISHED, Folders, remove
from arr_ledger.refresh.lock import locked
from arr_ledger.refresh.machine import machine_refusals
from arr_ledger.refresh.postgres import publish_to_postgres
from arr_ledger.refresh.problems import RefreshRefusedError
from arr_ledger.refresh.serve import (
    contents_in,
    forget_log,
    is_as_published,
    name_release,
    read_back,
    served_release,
    show,
    stage,
    uninterrupted,
)


@dataclass(frozen=True)
class KeptRelease:
    """A release in the folder, and whether it is the one that readers get."""

    facts: dict[str, Any]
    is_served: bool
    notices: tuple[str, ...] = ()

    @property
    def release_id(self) -> str:
        return self.facts["release_id"]


def kept_releases(folders: Folders) -> list[dict[str, Any]]:
    """What release.json says of every release that is kept, the one published last first."""
    found = [facts for _, facts in _folders_of_releases(folders) if facts]
    return sorted(found, key=_published_last, reverse=True)


def strangers(folders: Folders) -> list[str]:
    """A sentence per file or folder among the releases that is none."""
    return [
        f"releases/{path.name} is no release and is left alone; move it away."
        for path, facts in _folders_of_releases(folders)
        if not facts
    ]


def list_releases(out: Path) -> list[KeptRelease]:
    """Newest first."""
    folders = Folders(out)
    if not folders.releases.is_dir():
        raise RefreshRefusedError(
            f"{out}: no release was ever published here; name the folder that"
            " `arr-ledger refresh --out` was given."
        )
    served = served_release(folders)
    kept = kept_releases(folders)
    # its folder has no name yet where a refresh was killed right after it was served
    unnamed = _facts(folders.releases / f"{UNFINISHED}{served}")
    return [
        KeptRelease(facts, facts["release_id"] == served)
        for facts in ([unnamed] if unnamed else []) + kept
    ]


def roll_back(out: Path, release_id: str | None = None, postgres: str | None = None) -> KeptRelease:
    """Serves an earlier release again: the one named, or the one that the served one replaced."""
    folders = Folders(out)
    list_releases(out)  # refuses a folder that was never published to, before it is locked
    folders.refuse_another_account()
    with machine_refusals(out), locked(folders.lock):
        told = settle(folders)
        chosen = _chosen(list_releases(out), release_id, out)
        try:
            staged = stage(folders.releases / chosen.release_id, folders)
            audited = contents_in(staged)
            if postgres:
                publish_to_postgres(staged, postgres)
            with uninterrupted():
                show(staged, folders)
                read_back(folders.served, audited)
            if sentence := show_boards(folders, chosen.release_id):
                told.append(sentence)
        finally:
            folders.clear_leftovers()
    return KeptRelease(chosen.facts, True, tuple(told))


def settle(folders: Folders) -> list[str]:
    """Ends what a run that was killed left undone, and undoes what it left unfinished.

    Also puts back what others changed in the served file; a sentence for each such thing. Only the
    holder of the lock may call it.
    """
    told = []
    if forget_log(folders):
        told.append(
            f"{folders.served}.wal was laid beside the served file, so that readers got"
            " what it said; it was taken away."
        )
    served = served_release(folders)
    unnamed = folders.releases / f"{UNFINISHED}{served}"
    if served and unnamed.is_dir():
        name_release(unnamed, folders)
    folders.clear_leftovers()
    kept = kept_releases(folders)
    if not kept:
        return told
    of_served = [facts for facts in kept if facts["release_id"] == served]
    if served and not of_served:
        return told
    release = (of_served or kept)[0]["release_id"]
    folder = folders.releases / release
    if not folders.served.is_file() or not is_as_published(folders.served, folder):
        changed = f"{folders.served} is not the file that was published as {release}"
        try:
            show(stage(folder, folders), folders)
            told.append(f"{changed}; that one is served again.")
        except RefreshRefusedError as refusal:
            told.append(f"{changed}, and cannot be put back: {refusal}")
            return told
    if sentence := show_boards(folders, release):
        told.append(sentence)
    return told


def take_away_old(folders: Folders, keep: int, served: str) -> list[str]:
    """Removes all but the newest releases; the served one stays whatever its age."""
    kept = [facts["release_id"] for facts in kept_releases(folders)]
    gone = [release_id for release_id in kept[keep:] if release_id != served]
    for release_id in gone:
        # a partial release is never visible: no reader uses this name any more
        leaving = folders.releases / f"{UNFINISHED}{release_id}"
        (folders.releases / release_id).rename(leaving)
        remove(leaving)
    return gone


def next_number(folders: Folders) -> int:
    """Of the next release: one more than any that is kept has."""
    return 1 + max((facts.get("number", 0) for facts in kept_releases(folders)), default=0)


def _chosen(kept: list[KeptRelease], release_id: str | None, out: Path) -> KeptRelease:
    names = ", ".join(release.release_id for release in kept) or "none"
    if release_id is not None:
        for release in kept:
            if release.release_id == release_id:
                return release
        raise RefreshRefusedError(f"{out}: release {release_id} is not kept; there are {names}.")
    served = next((place for place, release in enumerate(kept) if release.is_served), None)
    replaced = kept[served].facts.get("replaces") if served is not None else None
    for release in kept:
        # the release published before it may be one that was rolled back
        if replaced and release.release_id == replaced:
            return release
    if served is None or served + 1 >= len(kept):
        raise RefreshRefusedError(
            f"{out}: no release before the served one is kept; there are {names}."
        )
    return kept[served + 1]


def _folders_of_releases(folders: Folders) -> Iterator[tuple[Path, dict[str, Any]]]:
    """What stands among the releases, each with what it says of itself: nothing if it is none."""
    for path in folders.releases.iterdir() if folders.releases.is_dir() else ():
        if not path.name.startswith("."):
            yield path, _facts(path)


def _facts(path: Path) -> dict[str, Any]:
    try:
        facts = json.loads((path / "release.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    is_whole = isinstance(facts, dict) and (path / SERVED_NAME).is_file()
    named = path.name.removeprefix(UNFINISHED)
    return facts if is_whole and facts.get("release_id") == named else {}


def _published_last(facts: dict[str, Any]) -> tuple[int, str]:
    """A release of an earlier version has no number; their names begin with their time."""
    return facts.get("number", 0), facts["release_id"]

"""The files that were landed, kept as they were: one copy per content, named by its hash.

A refresh reads the copies and not the folder it was given, so that a file which is written while
it is read cannot land in two states, and every kept release can be landed again.
"""

from __future__ import annotations

import filecmp
import hashlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from arr_ledger.durable import sync
from arr_ledger.landing.declared import systems_of
from arr_ledger.landing.files import File, take_all
from arr_ledger.landing.folder import find_extracts
from arr_ledger.landing.manifest import check_manifests
from arr_ledger.refresh.folders import Folders


def keep_files(
    extracts: Path, folders: Folders, variables: Mapping[str, Any]
) -> tuple[list[File], list[str]]:
    """Copies every extract to where it is kept; a sentence per copy kept before that is damaged.

    A copy of before is never read: the bytes that were just hashed take its place.
    """
    folders.copies.mkdir()
    folders.files.mkdir(exist_ok=True)
    files = take_all(find_extracts(extracts, systems_of(variables)), folders.copies)
    files = check_manifests(extracts, files)
    kept, notices = [], []
    for file in files:
        name = folders.files / file.sha256
        if name.exists() and not filecmp.cmp(file.path, name, shallow=False):
            notices.append(
                f"{file.extract.label}: the copy kept in {name} was damaged; it was replaced."
            )
        file.path.chmod(0o400)
        sync(file.path)
        file.path.replace(name)
        kept.append(replace(file, path=name))
    sync(folders.files)
    return kept, notices


def extracts_sha256(files: dict[str, str]) -> str:
    """One hash over every file of every system: names and contents."""
    listed = "".join(f"{name} {sha256}\n" for name, sha256 in sorted(files.items()))
    return hashlib.sha256(listed.encode()).hexdigest()


def forget_files(folders: Folders, needed: set[str]) -> None:
    """Removes the copies that no kept release was made from."""
    for path in folders.files.iterdir():
        if path.name not in needed:
            path.unlink()

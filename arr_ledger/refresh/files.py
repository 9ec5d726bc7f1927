"""The files that were landed, kept as they were: one copy per content, named by its hash.

A refresh reads the copies and not the folder it was given, so that a file which is written while
it is read cannot land in two states, and every kept release can be landed again.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path

from arr_ledger.durable import sync
from arr_ledger.landing.declared import declared_systems
from arr_ledger.landing.folder import find_extracts
from arr_ledger.landing.problems import LandingRefusedError, Problem
from arr_ledger.refresh.folders import UNFINISHED, Folders

CHUNK = 1 << 20


def keep_files(extracts: Path, folders: Folders) -> dict[str, str]:
    """Copies every extract whose content is not kept yet; returns SHA-256 by <system>/<file>.

    folders.extracts then holds the same files under the same names.
    """
    folders.files.mkdir(exist_ok=True)
    kept, problems = {}, []
    for extract in find_extracts(extracts, declared_systems()):
        try:
            sha256 = _keep(extract.path, folders.files)
        except OSError as error:
            # not what is wrong with the disk that is written to
            if error.filename != str(extract.path):
                raise
            what, remedy = f"cannot be read ({error.strerror})", "check its permissions"
            problems.append(Problem(extract.label, what, remedy))
            continue
        kept[extract.label] = sha256
        name = folders.extracts / extract.label
        name.parent.mkdir(parents=True, exist_ok=True)
        _link(folders.files / sha256, name)
    if problems:
        raise LandingRefusedError(problems)
    sync(folders.files)
    return kept


def extracts_sha256(files: dict[str, str]) -> str:
    """One hash over every file of every system: names and contents."""
    listed = "".join(f"{name} {sha256}\n" for name, sha256 in sorted(files.items()))
    return hashlib.sha256(listed.encode()).hexdigest()


def forget_files(folders: Folders, needed: set[str]) -> None:
    """Removes the copies that no kept release was made from."""
    for path in folders.files.iterdir():
        if path.name not in needed:
            path.unlink()


def _keep(source: Path, files: Path) -> str:
    partial = files / f"{UNFINISHED}{os.getpid()}"
    digest = hashlib.sha256()
    with source.open("rb") as content, partial.open("wb") as copy:
        while chunk := content.read(CHUNK):
            digest.update(chunk)
            copy.write(chunk)
    sha256 = digest.hexdigest()
    kept = files / sha256
    if kept.exists():
        partial.unlink()
    else:
        partial.chmod(0o400)
        sync(partial)
        partial.replace(kept)
    return sha256


def _link(kept: Path, name: Path) -> None:
    try:
        os.link(kept, name)
    except OSError:  # a file system without hard links
        shutil.copyfile(kept, name)

"""The bytes of the files that are about to land: copied, hashed while they are copied, read once.

What lands is read from the copies, so a file that is written meanwhile cannot land in two states,
and the hash of a load is that of the bytes that were read.
"""

import hashlib
import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from arr_ledger.landing.folder import Extract
from arr_ledger.landing.problems import LandingRefusedError, Problem, unreadable

SHA256_OF_NOTHING = hashlib.sha256(b"").hexdigest()
CHUNK = 1 << 20


@dataclass(frozen=True)
class File:
    """An extract, the SHA-256 of its bytes, and the copy of these bytes that is read."""

    extract: Extract
    sha256: str
    path: Path
    rows: int | None = None  # as the manifest of its sender says


def take(extract: Extract, copy: Path) -> File:
    """Copies an extract; LandingRefusedError if it cannot be read, OSError if it cannot be kept."""
    try:
        # without waiting for a process that might write into a pipe
        source = os.open(extract.path, os.O_RDONLY | os.O_NONBLOCK)
    except OSError as error:
        raise LandingRefusedError([unreadable(extract.label, error)]) from None
    digest = hashlib.sha256()
    with os.fdopen(source, "rb", buffering=0) as content, copy.open("wb") as target:
        if not stat.S_ISREG(os.fstat(source).st_mode):
            remedy = "put the file itself there"
            raise LandingRefusedError([Problem(extract.label, "is no file", remedy)])
        while chunk := _read(content, extract):
            digest.update(chunk)
            target.write(chunk)
    return File(extract, digest.hexdigest(), copy)


def take_all(extracts: Sequence[Extract], folder: Path) -> list[File]:
    """Copies every extract into a folder; LandingRefusedError names those that cannot be read."""
    files, problems = [], []
    for number, extract in enumerate(extracts):
        try:
            files.append(take(extract, folder / f"{number}"))
        except LandingRefusedError as refusal:
            problems += refusal.problems
    if problems:
        raise LandingRefusedError(problems)
    return files


def by_table(files: Sequence[File]) -> tuple[list[list[File]], list[str]]:
    """The files of each table, and a sentence per part that holds the bytes of an earlier one.

    Such a part is not read: a file delivered twice under two names counts once.
    """
    tables: dict[tuple[str, str], dict[str, File]] = {}
    notices = []
    for file in files:
        extract = file.extract
        of_table = tables.setdefault((extract.system.name, extract.table.name), {})
        twin = of_table.pop(file.sha256, None)
        # of parts that overlap the last one speaks, so this is the place of the bytes
        of_table[file.sha256] = file
        if twin is not None:
            notices.append(
                f"{extract.label}: holds the same bytes as {twin.extract.file_name}; it was read"
                " once, here."
            )
    return [list(of_table.values()) for of_table in tables.values()], notices


def sha256_of_parts(hashes: Sequence[str]) -> str:
    """The hash of a table: that of its file, or one over those of its parts."""
    if len(hashes) == 1:
        return hashes[0]
    return hashlib.sha256("\n".join(hashes).encode()).hexdigest()


def _read(content, extract: Extract) -> bytes:
    try:
        return content.read(CHUNK)
    except OSError as error:
        raise LandingRefusedError([unreadable(extract.label, error)]) from None

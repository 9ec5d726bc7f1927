"""The bytes of the files that are about to land: one hash each, and no file twice."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from arr_ledger.landing.folder import Extract
from arr_ledger.landing.problems import LandingRefusedError, Problem

SHA256_OF_NOTHING = hashlib.sha256(b"").hexdigest()


@dataclass(frozen=True)
class File:
    """An extract and the SHA-256 of its bytes."""

    extract: Extract
    sha256: str


def hashed(extracts: Sequence[Extract]) -> tuple[list[list[File]], list[str]]:
    """The files of each table, and a sentence per part that holds the bytes of an earlier one.

    Such a part is not read: whoever delivers a file twice under two names means it once.
    """
    tables: dict[tuple[str, str], dict[str, File]] = {}
    notices, problems = [], []
    for extract in extracts:
        try:
            with extract.path.open("rb") as content:
                sha256 = hashlib.file_digest(content, "sha256").hexdigest()
        except OSError as error:
            what, remedy = f"cannot be read ({error.strerror})", "check its permissions"
            problems.append(Problem(extract.label, what, remedy))
            continue
        of_table = tables.setdefault((extract.system.name, extract.table.name), {})
        twin = of_table.setdefault(sha256, File(extract, sha256)).extract
        if twin is not extract:
            notices.append(
                f"{extract.label}: holds the same bytes as {twin.file_name}; it was read once."
            )
    if problems:
        raise LandingRefusedError(problems)
    return [list(of_table.values()) for of_table in tables.values()], notices


def sha256_of_parts(hashes: Sequence[str]) -> str:
    """The hash of a table: that of its file, or one over those of its parts."""
    if len(hashes) == 1:
        return hashes[0]
    return hashlib.sha256("\n".join(hashes).encode()).hexdigest()

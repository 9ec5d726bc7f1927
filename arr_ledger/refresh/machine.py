"""What the machine refuses, said as every refusal is: a full disk, a read-only folder."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from arr_ledger.landing import LandingRefusedError
from arr_ledger.refresh.problems import RefreshRefusedError

# DuckDB and dbt tell them in words only
NO_ROOM = [os.strerror(number) for number in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)]
# not those of a traceback
PATH_TOLD = re.compile(r"""(?<!File )["'](/[^"']+)["']""")
NO_DATABASE = "not a valid DuckDB database file"
LONGEST = 400


@contextmanager
def machine_refusals(out: Path, extracts: Path | None = None) -> Iterator[None]:
    """Raises RefreshRefusedError for what the machine refuses; the rest passes as it is."""
    try:
        yield
    except (OSError, duckdb.Error, RefreshRefusedError, LandingRefusedError) as error:
        refusal = _refusal(error, out, extracts)
        if refusal is None:
            raise
        raise RefreshRefusedError(refusal) from None


def no_room(told: str) -> str | None:
    """The words in it that tell of a full disk, if any do."""
    return next((words for words in NO_ROOM if words in told), None)


def _refusal(error: Exception, out: Path, extracts: Path | None) -> str | None:
    """None for an error that says by itself what to do, or that is a mistake of this program."""
    told = " ".join(str(error).split())
    reason = no_room(told)
    if reason:
        short = told if len(told) <= LONGEST else f"... {told[-LONGEST:]}"
        return (
            f"{_full(_where(error, told), out, reason)}; make room there and run it again."
            f"\nWhat said so: {short}"
        )
    if isinstance(error, duckdb.Error) and NO_DATABASE in told:
        remedy = "bring it back from a backup, or serve a kept one with rollback --to"
        return f"{_where(error, told)}: is damaged; {remedy}."
    if not isinstance(error, OSError) or error.filename is None:
        return None
    where = Path(os.fsdecode(error.filename))
    if extracts is not None and where.is_relative_to(extracts):
        return f"{where}: cannot be read ({error.strerror}); check its permissions."
    return (
        f"{where}: cannot be written ({error.strerror}); name a folder with --out that the refresh"
        " may write to."
    )


def _full(where: Path | None, out: Path, reason: str) -> str:
    """The folder that outlives the refresh, and the file that did not find room."""
    if where is None or not where.is_relative_to(out):
        return f"{where.parent if where else out}: the disk is full ({reason})"
    return f"{out}: the disk is full ({reason}), at {where.relative_to(out)}"


def _where(error: Exception, told: str) -> Path | None:
    """The last path that was told: a copy names what it reads first."""
    if isinstance(error, OSError) and error.filename is not None:
        return Path(os.fsdecode(error.filename2 or error.filename))
    paths = PATH_TOLD.findall(told)
    return Path(paths[-1]) if paths else None

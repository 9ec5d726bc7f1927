"""Where a landing lays its copies of raw rows: beside its database, and never longer than it runs.

The folder of a landing that was killed is taken away by the next one into the same database.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def scratch_beside(database: Path) -> Iterator[Path]:
    """A folder for this account alone; the lock on it goes with the process."""
    prefix = f".{database.name}.landing-"
    for left in database.parent.glob(f"{prefix}*"):
        with _locked(left) as is_free:
            if is_free:
                shutil.rmtree(left)
    scratch = Path(tempfile.mkdtemp(prefix=prefix, dir=database.parent))
    try:
        with _locked(scratch):
            yield scratch
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


@contextmanager
def _locked(folder: Path) -> Iterator[bool]:
    """Whether no other process holds the folder; it is held inside the block then."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            is_free = False
        else:
            is_free = True
        yield is_free
    finally:
        os.close(descriptor)

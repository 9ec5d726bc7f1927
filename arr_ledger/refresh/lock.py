"""One refresh of a folder at a time; the lock lives on in dbt if the refresh itself is killed."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from arr_ledger.refresh.problems import RefreshBusyError


@contextmanager
def locked(path: Path) -> Iterator[int]:
    """Holds the lock and yields its file descriptor, to be handed to child processes.

    An flock belongs to the open file and not to a process: a child that inherits the descriptor
    holds it until it ends too, so an orphaned build keeps the next refresh out.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(descriptor, 200, 0).decode(errors="replace").strip()
            raise RefreshBusyError(
                f"{path.parent.parent}: another refresh is running ({holder or 'just started'});"
                " try again when it has ended."
            ) from None
        os.truncate(descriptor, 0)
        started = f"process {os.getpid()}, since {datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC"
        os.pwrite(descriptor, started.encode(), 0)
        yield descriptor
    finally:
        os.close(descriptor)

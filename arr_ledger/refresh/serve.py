"""The one step by which readers come to see another release, and what surrounds it.

Before the step everything lies beside what is served and can be thrown away. The step is the
rename of one file: the served file says by itself which release it is, and what belongs to a
release (its folder, its landing) is found by that name. After it there is only tidying, which the
next run does if this one does not come to it.
"""

from __future__ import annotations

import json
import shutil
import signal
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import duckdb

from arr_ledger.durable import sha256_of, sync
from arr_ledger.refresh.contents import contents_of, difference
from arr_ledger.refresh.folders import FOR_ALL_TO_READ, SERVED_NAME, UNFINISHED, Folders, remove
from arr_ledger.refresh.problems import RefreshRefusedError

READ_ONLY = 0o444
OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH
# a session that reads back trusts nothing that lies about
ALONE = {"enable_external_access": "false", "autoload_known_extensions": "false"}


def served_release(folders: Folders) -> str | None:
    """Id of what readers get; None before the first release, and where the file cannot be read."""
    if not folders.served.exists():
        return None
    try:
        with duckdb.connect(str(folders.served), read_only=True, config=ALONE) as connection:
            ((release_id,),) = connection.execute(
                "select release_id from marts._release"
            ).fetchall()
    except (duckdb.Error, ValueError):
        return None
    return release_id


def seal(written: Path) -> None:
    """Makes an unfinished release read-only and durable."""
    for path in (written, *written.rglob("*")):
        path.chmod(FOR_ALL_TO_READ if path.is_dir() else READ_ONLY)
        sync(path)


def name_release(written: Path, folders: Folders) -> Path:
    """Gives the folder of a release its final name."""
    final = folders.releases / written.name.removeprefix(UNFINISHED)
    written.rename(final)
    sync(folders.releases)
    return final


def stage(release_folder: Path, folders: Folders) -> Path:
    """Copies the file of a release beside the served one; what is left is a rename.

    RefreshRefusedError: the file is not the one that was published.
    """
    staged = folders.out / f"{UNFINISHED}{folders.served.name}"
    shutil.copyfile(release_folder / SERVED_NAME, staged)
    if not is_as_published(staged, release_folder):
        raise RefreshRefusedError(
            f"{release_folder / SERVED_NAME}: is not the file that was published; choose another"
            " release, or run a refresh."
        )
    staged.chmod(READ_ONLY)
    sync(staged)
    return staged


def show(staged: Path, folders: Folders) -> None:
    """Puts a staged file in the place of the served one: the step from one release to the next."""
    forget_log(folders)
    staged.replace(folders.served)
    sync(folders.out)
    # one that was laid there in between would be replayed over the new file
    forget_log(folders)


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Ctrl-C and a polite kill do not reach the step to another release, nor its reading back."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {each: signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)}
    for each in before:
        signal.signal(each, signal.SIG_IGN)
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def forget_log(folders: Folders) -> bool:
    """Takes away a write-ahead log beside the served file, from whatever process."""
    # beside the log itself DuckDB has one of a checkpoint and one of a recovery
    logs = list(folders.out.glob(f"{SERVED_NAME}.wal*"))
    for log in logs:
        remove(log)
    if logs:
        sync(folders.out)
    return bool(logs)


def contents_in(file: Path) -> dict[str, str]:
    """What a reader who opens the file now gets."""
    with duckdb.connect(str(file), read_only=True, config=ALONE) as connection:
        return contents_of(connection)


def read_back(file: Path, audited: dict[str, str]) -> None:
    """RefreshRefusedError: who opens the file gets something else than what was audited."""
    log = file.with_name(f"{file.name}.wal")
    try:
        what = difference(audited, contents_in(file))
    except (duckdb.Error, UnicodeDecodeError) as error:
        what = str(error).splitlines()[0]
    if what is None and (log.exists() or log.is_symlink()):
        what = f"{log.name} lies beside it"
    if what is not None:
        raise RefreshRefusedError(
            f"{file}: what readers get is not what was audited ({what}); find out who writes in"
            f" {file.parent}, take the right away (chmod go-w) and run it again."
        )


def close_to_others(folder: Path) -> str | None:
    """Only the account of the refresh may write in the folder; a sentence where others may."""
    mode = stat.S_IMODE(folder.stat().st_mode)
    if not mode & OTHERS_WRITE:
        return None
    with suppress(OSError):
        folder.chmod(mode & ~OTHERS_WRITE)
    if stat.S_IMODE(folder.stat().st_mode) & OTHERS_WRITE:
        return (
            f"{folder}: accounts that read may also write here, and the right could not be taken"
            " away: a reader can change what others read. Publish to a folder of the account that"
            " runs the refresh."
        )
    return (
        f"{folder}: others could write here (mode {mode:03o}) and so change what is read; they can"
        " no more."
    )


def is_as_published(file: Path, release_folder: Path) -> bool:
    """Whether a file is, byte for byte, that of the release.

    By the hash kept in private, else by that of the release; an earlier version has none.
    """
    release_id = release_folder.name.removeprefix(UNFINISHED)
    private = Folders(release_folder.parent.parent).hashes(release_id)
    said = private if private.exists() else release_folder / "release.json"
    facts = json.loads(said.read_text(encoding="utf-8"))
    found = sha256_of(file)
    return found == (facts.get("file_sha256") or found)

"""Where a refresh keeps what: everything stands in the folder that is published to.

<out>/arr_ledger.duckdb         what BI reads: the release that is served
<out>/releases/<release_id>/    a release kept: the same file, marts as Parquet, release.json
<out>/releases/<release_id>/audit/   what was stated about it, as pages; index.html
<out>/releases/<release_id>/boards/  its boards, as pages; <out>/boards leads to the served ones
<out>/.refresh/                 for the account that refreshes alone: it holds what landed
<out>/.refresh/lock             held while a refresh runs
<out>/.refresh/work/            the private build of the running refresh, gone after it
<out>/.refresh/landed/          the raw tables of every release kept, <release_id>.duckdb: the next
                                landing starts from those of the release that is served
<out>/.refresh/files/           what the kept releases were landed from, each file named by its hash
<out>/.refresh/parsed/          what dbt parsed, by set of variables: parsed.py
<out>/.refresh/failed/          what dbt and the audit said of the last refresh that failed
"""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from arr_ledger.accounts import belongs_to_another, root_in_the_folder_of_another
from arr_ledger.refresh.problems import RefreshRefusedError

SERVED_NAME = "arr_ledger.duckdb"
UNFINISHED = ".unfinished-"
FOR_ALL_TO_READ = 0o755
PRIVATE = 0o700


@dataclass(frozen=True)
class Folders:
    """The folders and files of one published folder."""

    out: Path

    @property
    def served(self) -> Path:
        return self.out / SERVED_NAME

    @property
    def releases(self) -> Path:
        return self.out / "releases"

    @property
    def lock(self) -> Path:
        return self.out / ".refresh" / "lock"

    @property
    def work(self) -> Path:
        return self.out / ".refresh" / "work"

    @property
    def private(self) -> Path:
        """Called as the served file is, so that its views find their tables under that name."""
        return self.work / SERVED_NAME

    @property
    def landings(self) -> Path:
        return self.out / ".refresh" / "landed"

    def landing(self, release_id: str) -> Path:
        """The raw tables that a release was built from."""
        return self.landings / f"{release_id}.duckdb"

    def hashes(self, release_id: str) -> Path:
        """Of the file of a release and of its landing, apart from what they vouch for."""
        return self.landings / f"{release_id}.json"

    @property
    def earlier_landing(self) -> Path:
        """Where an earlier version kept the landing of its last release."""
        return self.out / ".refresh" / "landed.duckdb"

    @property
    def files(self) -> Path:
        return self.out / ".refresh" / "files"

    @property
    def copies(self) -> Path:
        """The files of the running refresh until they are kept."""
        return self.work / "copies"

    @property
    def parsed(self) -> Path:
        return self.out / ".refresh" / "parsed"

    @property
    def audit(self) -> Path:
        return self.work / "audit"

    @property
    def failed(self) -> Path:
        return self.out / ".refresh" / "failed"

    def refuse_another_account(self) -> None:
        """RefreshRefusedError: what is there belongs to another account than this one."""
        hidden = self.lock.parent
        said = belongs_to_another(hidden, self.releases, self.served, self.lock, self.landings)
        if not hidden.exists():
            said = said or root_in_the_folder_of_another(self.out)
        if said:
            raise RefreshRefusedError(said)

    def prepare(self) -> None:
        """Makes the folders; before the lock is taken, so it changes nothing that is there."""
        hidden = self.lock.parent
        _make(self.out, FOR_ALL_TO_READ)
        # what landed holds personal data: only the account of the refresh may read it
        _make(hidden, PRIVATE)
        if (mode := stat.S_IMODE(hidden.stat().st_mode)) & ~PRIVATE:
            hidden.chmod(mode & PRIVATE)
        _make(self.landings, PRIVATE)
        _make(self.releases, FOR_ALL_TO_READ)

    def clear_leftovers(self, served: str | None = None) -> None:
        """Takes away what a killed refresh left; only the holder of the lock may call it.

        But for the folder of the release that is served, should it have no name yet.
        """
        leftovers = [
            self.work,
            *self.releases.glob(f"{UNFINISHED}*"),
            *self.out.glob(f"{UNFINISHED}*"),
            *self.landings.glob(f"{UNFINISHED}*"),
        ]
        for each in leftovers:
            if each.name != f"{UNFINISHED}{served}":
                remove(each)

    def keep_failed(self) -> None:
        """Keeps what dbt and the audit said of a refresh that failed, and nothing else."""
        remove(self.failed)
        self.failed.mkdir()
        for name in ("logs", "target/run_results.json", "audit"):
            source = self.work / name
            if source.exists():
                source.replace(self.failed / source.name)


def is_of_releases(folder: Path) -> bool:
    """Whether a folder is one of those that a refresh keeps, where nothing else is written."""
    for each in (folder.resolve(), *folder.resolve().parents):
        if (each / "release.json").is_file() or each.name == ".refresh":
            return True
        if each.name == "releases" and (each.parent / ".refresh").is_dir():
            return True
    return False


def _make(folder: Path, mode: int) -> None:
    """A folder that is there already stays as its owner wants it."""
    if not folder.exists():
        folder.mkdir(mode=mode, parents=True, exist_ok=True)
        folder.chmod(mode)


@contextmanager
def private_files() -> Iterator[None]:
    """What is made inside is for this account alone, whatever its umask; a release is opened."""
    before = os.umask(0o777 - PRIVATE)
    try:
        yield
    finally:
        os.umask(before)


def remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)

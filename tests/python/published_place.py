"""A folder of extracts of one customer and the folder that its refreshes publish to."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from landing_extracts import CUSTOMERS, HEADER, write_extracts
from secrets_of_the_machine import SECRETS

from arr_ledger.refresh.folders import SERVED_NAME, Folders
from arr_ledger.refresh.publish import Release, write_release
from arr_ledger.refresh.serve import contents_in, name_release, read_back, seal, show, stage

LINES = (
    HEADER + "L1,S1,C1,P1,pro,2024-01-01,2025-01-01,1200,12,3,USD,recurring,,,\n"
    "L2,S1,C1,P1,pro,2025-01-01,,1500,12,3,USD,recurring,,,\n"
)
DAY = "--vars={as_of_date: 2025-06-30}"
KEEPS_ITS_BUILD = """
import shutil, sys
from pathlib import Path
from arr_ledger import cli
from arr_ledger.refresh import steps

kept, build = Path(sys.argv.pop(1)), steps.build

def build_and_keep(database, variables, folder, *rest):
    built = build(database, variables, folder, *rest)
    shutil.copyfile(database, kept / database.name)
    # not the thousands of compiled files, which nothing reads
    compiled = shutil.ignore_patterns("compiled", "run")
    shutil.copytree(folder / "target", kept / "target", ignore=compiled)
    return built

steps.build = build_and_keep
cli.main()
"""


def arr_ledger(*arguments: object) -> subprocess.CompletedProcess[str]:
    return run("-m", "arr_ledger.cli", *arguments)


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Python with these arguments."""
    return subprocess.run(
        [sys.executable, *map(str, arguments)],
        env={**os.environ, **SECRETS},
        capture_output=True,
        text=True,
        check=False,
    )


@dataclass(frozen=True)
class Place:
    """A folder of extracts and one that is published to."""

    folder: Path

    @property
    def out(self) -> Path:
        return self.folder / "out"

    @property
    def served(self) -> Path:
        return self.out / "arr_ledger.duckdb"

    @property
    def built(self) -> Path:
        """What dbt built for the first release: arr_ledger.duckdb and target/."""
        return self.folder / "built"

    def options(self, extracts: str = "extracts") -> tuple[object, ...]:
        """A refresh of this place."""
        return ("refresh", "--extracts", self.folder / extracts, "--out", self.out, "--force")

    def refresh(self, *options: str) -> subprocess.CompletedProcess[str]:
        return arr_ledger(*self.options(), *options)

    def left_over(self) -> list[str]:
        """What a refresh has to take away with it."""
        hidden = self.out.rglob(".unfinished*")
        return [path.name for path in [*hidden, self.out / ".refresh" / "work"] if path.exists()]

    def checksum(self) -> str:
        """Of the file that is served."""
        return sha256(self.served.read_bytes()).hexdigest()

    def copy(self, folder: Path) -> Place:
        """The same place again, for tests that change it."""
        shutil.copytree(self.folder, folder, symlinks=True)
        return Place(folder)


def serve(built: Path, manifest: dict[str, Any], release: Release, folders: Folders) -> None:
    """The steps of a refresh from a build on, without what a person is told of them."""
    written = write_release(built, manifest, release, folders)
    audited = contents_in(written / SERVED_NAME)
    seal(written)
    staged = stage(written, folders)
    read_back(staged, audited)
    show(staged, folders)
    read_back(folders.served, audited)
    name_release(written, folders)


def publish(folder: Path) -> None:
    """Two lines of one customer, published; how it went stands in refresh.json."""
    write_extracts(folder, subscription_lines=LINES, customers=CUSTOMERS)
    place = Place(folder)
    place.built.mkdir()
    started = time.monotonic()
    done = run("-c", KEEPS_ITS_BUILD, place.built, *place.options(), DAY)
    assert done.returncode == 0, done.stderr
    said = {"out": done.stdout, "err": done.stderr, "seconds": time.monotonic() - started}
    (folder / "refresh.json").write_text(json.dumps(said))

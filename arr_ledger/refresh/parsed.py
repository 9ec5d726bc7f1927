"""What dbt has parsed, kept between refreshes: one file per code and set of variables.

<out>/.refresh/parsed/<hash>.msgpack is copied into the work folder before a build and moved back
after its release is served, so that a refresh that is killed or refused leaves the last one whole.
dbt itself decides what of it still holds; a file that it cannot read is parsed anew.
"""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path

from arr_ledger.refresh.folders import Folders

PARTIAL_PARSE = "partial_parse.msgpack"
MOST_KEPT = 3


def parse_of(code: str, folders: Folders) -> Path:
    """Where the parse of a code and its variables is kept, by their hash; every day has the same.

    Another code is parsed from nothing: dbt does not forget all that an upgrade takes away.
    """
    return folders.parsed / f"{code[:16]}.msgpack"


def bring_parse(kept: Path, target: Path) -> None:
    """Lays the parse of before where dbt looks for it."""
    # without it dbt parses everything, which is all that is lost
    with suppress(OSError):
        if kept.is_file():
            target.mkdir(exist_ok=True)
            shutil.copyfile(kept, target / PARTIAL_PARSE)


def keep_parse_of(target: Path, kept: Path) -> None:
    """Moves the parse of this build to where the next one finds it; the oldest of many goes."""
    if not (target / PARTIAL_PARSE).is_file():
        return
    kept.parent.mkdir(exist_ok=True)
    (target / PARTIAL_PARSE).replace(kept)
    by_age = sorted(kept.parent.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in by_age[MOST_KEPT:]:
        path.unlink()

"""The boards of a release: rendered before it is published, shown under one name after it.

<out>/releases/<release_id>/boards/   the pages of a release, index.html first
<out>/boards                          a link to those of the release that is served
"""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from arr_ledger.board.render import MARK, NoMonthError, render
from arr_ledger.durable import sync
from arr_ledger.problems import RefusedError
from arr_ledger.refresh.folders import SERVED_NAME, UNFINISHED, Folders, remove
from arr_ledger.refresh.problems import RefreshRefusedError

NAME = "boards"
CHART_LIBRARY = "vl_convert"
NOT_INSTALLED = (
    "Boards are not rendered: install the extra board (arr-ledger[board], in a clone: uv sync"
    " --extra board), or leave them out with --no-boards."
)
NO_MONTH = "Boards are not rendered: no month is published yet."


def can_render() -> bool:
    return find_spec(CHART_LIBRARY) is not None


def render_boards(written: Path, own: Path | None, variables: dict[str, Any]) -> int:
    """The boards of a release whose folder has no name yet: how many pages; none without a month.

    RefreshRefusedError: a page could not be made; a board or a chart of the user's own, mostly.
    """
    facts = json.loads((written / "release.json").read_text(encoding="utf-8"))
    try:
        pages = render(
            written / SERVED_NAME, written / NAME, own=own, release=facts, variables=variables
        )
    except NoMonthError:
        return 0
    except RefusedError as refusal:
        raise RefreshRefusedError(f"boards: {refusal}") from None
    return len(pages)


def show_boards(folders: Folders, release_id: str) -> str | None:
    """Points ``<out>/boards`` at the boards of the release that is served; takes it away if it has
    none. A sentence where something else stands there."""
    link = folders.out / NAME
    if link.is_dir() and not link.is_symlink():
        if not (link / MARK).is_file():
            return f"{link} holds other files, so the boards do not stand there; move it away."
        # pages that `arr-ledger board --out` wrote
        remove(link)
    target = Path("releases") / release_id / NAME
    if not (folders.out / target).is_dir():
        remove(link)
        return None
    if link.is_symlink() and link.readlink() == target:
        return None
    staged = folders.out / f"{UNFINISHED}{NAME}"
    remove(staged)
    staged.symlink_to(target, target_is_directory=True)
    staged.replace(link)
    sync(folders.out)
    return None

"""Boards as declared: one YAML file each, in this package or in a folder of the user."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from arr_ledger.problems import RefusedError

OURS = Path(__file__).parent / "boards"
CHARTS = Path(__file__).parent / "charts"
# what the page sums from the additive marts, under the filters
SUMMED = (
    *("tiles", "arr_months", "retention_months", "retention_segments"),
    *("bridge", "drivers", "customer"),
)
OF_BOARD = {"title", "question", "sections"}
OF_SECTION = {
    *("title", "definition", "explain", "data", "query", "chart", "columns", "marts"),
    *("empty", "choose", "note", "by_segment", "period", "measures"),
}
FORMS = ("text", "money", "change", "percent", "points", "count", "date", "month")


@dataclass(frozen=True)
class Board:
    """One page: ``name`` is the file name without its ending."""

    name: str
    title: str
    question: str
    sections: list[dict[str, Any]]
    file: Path


def boards(own: Path | None = None) -> list[Board]:
    """Ours in the order of their file names, then those of the folder ``own``.

    Raises RefusedError with file and section where a declaration cannot be used.
    """
    if own and not own.is_dir():
        raise RefusedError(f"{own}: is not a folder; name the folder of your own boards.")
    folders = [OURS, *([own] if own else [])]
    read = [_read(file) for folder in folders for file in sorted(folder.glob("*.yml"))]
    names = [board.name for board in read]
    for board in read:
        if names.count(board.name) > 1:
            raise RefusedError(f"{board.file}: there is a board {board.name} already; rename it.")
    return read


def _read(file: Path) -> Board:
    try:
        declared = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        reason = " ".join(str(error).split())
        raise RefusedError(f"{file}: is not YAML ({reason}).") from None
    if not isinstance(declared, dict) or not isinstance(declared.get("sections"), list):
        raise RefusedError(f"{file}: needs title, question and a list of sections.")
    _known(file, "the board", declared, OF_BOARD)
    sections = [
        _section(file, position, each) for position, each in enumerate(declared["sections"])
    ]
    name = file.stem.split("_", 1)[1] if file.stem[:1].isdigit() else file.stem
    return Board(name, declared["title"], declared.get("question", ""), sections, file)


def _section(file: Path, position: int, section: dict[str, Any]) -> dict[str, Any]:
    where = f"section {position + 1}"
    _known(file, where, section, OF_SECTION)
    if ("data" in section) == ("query" in section):
        raise RefusedError(f"{file}: {where} needs either data or query.")
    if section.get("data", SUMMED[0]) not in SUMMED:
        raise RefusedError(f"{file}: {where}: data is one of {', '.join(SUMMED)}.")
    for column in section.get("columns", []):
        if column.get("as", "text") not in FORMS:
            raise RefusedError(f"{file}: {where}: as is one of {', '.join(FORMS)}.")
    return section | {"spec": _chart(file, where, section.get("chart"))}


def _chart(file: Path, where: str, chart: str | None) -> dict[str, Any] | None:
    """A Vega-Lite spec, whose rows are the data named ``rows``: beside the board, else ours."""
    if chart is None:
        return None
    for folder in (file.parent, CHARTS):
        spec = folder / f"{chart}.vl.json"
        if spec.is_file():
            return json.loads(spec.read_text(encoding="utf-8"))
    raise RefusedError(f"{file}: {where}: there is no chart {chart}.vl.json beside it.")


def _known(file: Path, where: str, declared: dict[str, Any], names: set[str]) -> None:
    unknown = sorted(set(declared) - names)
    if unknown:
        raise RefusedError(f"{file}: {where}: {unknown[0]} is not known; use {sorted(names)}.")

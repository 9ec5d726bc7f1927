"""Which file holds which table: <extracts>/<system>/<table>.csv or .parquet, and nothing else.

A table may also come in parts: every file of the folder <extracts>/<system>/<table>/, in the order
of their names, in which a number counts as one: part-9 comes before part-10.
"""

import re
import stat
from dataclasses import dataclass
from pathlib import Path

from arr_ledger.landing.declared import System, Table
from arr_ledger.landing.problems import LandingRefusedError, Problem, unreadable
from arr_ledger.problems import did_you_mean

KINDS = (".csv", ".parquet")
PACKED = (".gz", ".zip", ".zst", ".bz2", ".xz", ".7z")
WORKBOOKS = (".xlsx", ".xls", ".ods", ".numbers")
MANIFEST = "_manifest.json"
LONGEST_NAME = 255


@dataclass(frozen=True)
class Extract:
    """A file that holds a declared table, or a part of one."""

    system: System
    table: Table
    path: Path
    is_part: bool = False

    @property
    def file_name(self) -> str:
        """Name of the file in the folder of its system."""
        return f"{self.table.name}/{self.path.name}" if self.is_part else self.path.name

    @property
    def label(self) -> str:
        return f"{self.system.name}/{self.file_name}"


def find_extracts(folder: Path, systems: dict[str, System]) -> list[Extract]:
    """The files of every system that has a folder; refuses what it cannot place."""
    if not folder.is_dir():
        raise LandingRefusedError(
            [Problem(str(folder), "is not a folder", "name the folder that holds the extracts")]
        )
    problems: list[Problem] = []
    extracts: list[Extract] = []
    for entry, kind in _entries(folder, "", problems):
        if kind == "folder" and entry.name in _landed(systems):
            extracts += _extracts_of_system(entry, systems[entry.name], problems)
        elif kind == "folder":
            problems.append(
                _unknown(f"{entry.name}/", "is not a known system", entry.name, _landed(systems))
            )
    if not problems and not extracts:
        problems.append(
            Problem(
                str(folder),
                "holds no folder of a known system",
                f"put the files into folders called {_listed(_landed(systems))}",
            )
        )
    if problems:
        raise LandingRefusedError(problems)
    return extracts


def _landed(systems: dict[str, System]) -> list[str]:
    """Systems that have files; what a refresh hands on from release to release has none."""
    return [name for name, system in systems.items() if system.tables]


def _extracts_of_system(folder: Path, system: System, problems: list[Problem]) -> list[Extract]:
    found: dict[str, list[Extract]] = {}
    known = [name + kind for name in system.tables for kind in KINDS]
    before = len(problems)
    for path, kind in _entries(folder, f"{system.name}/", problems):
        if path.name == MANIFEST:
            continue
        label = f"{system.name}/{path.name}"
        is_folder = kind == "folder" and path.name in system.tables
        if path.name in known and kind != "file":
            what = f"is a {kind}, and no file"
            problems.append(Problem(label, what, f"put the file {path.name} itself there"))
        elif not is_folder and path.name not in known:
            unknown = _unknown(label, "is not a known file", path.name, known)
            problems.append(_other_kind(label, path) or unknown)
        elif path.stem in found:
            files = [each.path.name for each in found[path.stem] if not each.is_part]
            name = files[0] if files else f"folder {path.stem}"
            problems.append(Problem(label, f"{name} holds the same table", "keep one of the two"))
        elif is_folder:
            found[path.name] = _parts(path, system, system.tables[path.name], problems)
        else:
            found[path.stem] = [Extract(system, system.tables[path.stem], path)]
    only_reference = bool(found) and all(system.tables[name].is_reference for name in found)
    if len(problems) == before and not only_reference:
        problems += [
            Problem(
                f"{system.name}/{table.name}.csv",
                "is not there, and the system cannot be read without it",
                "add it (or the same as .parquet)",
            )
            for table in system.tables.values()
            if not table.is_optional and table.name not in found
        ]
    return [extract for parts in found.values() for extract in parts]


def _parts(folder: Path, system: System, table: Table, problems: list[Problem]) -> list[Extract]:
    parts = []
    before = len(problems)
    for path, kind in _entries(folder, f"{system.name}/{table.name}/", problems):
        if path.suffix in KINDS and kind == "file":
            parts.append(Extract(system, table, path, is_part=True))
        else:
            what = "is not a part of a table"
            remedy = f"keep nothing but {' and '.join(KINDS)} files in this folder"
            label = f"{system.name}/{table.name}/{path.name}"
            problems.append(_other_kind(label, path) or Problem(label, what, remedy))
    if not parts and len(problems) == before:
        label = f"{system.name}/{table.name}/"
        problems.append(Problem(label, "is an empty folder", "put the parts of the table into it"))
    return parts


def _entries(folder: Path, label: str, problems: list[Problem]) -> list[tuple[Path, str]]:
    """What stands in a folder, by name: a file, a folder, or a pipe or device."""
    entries = []
    try:
        paths = sorted(
            (path for path in folder.iterdir() if not path.name.startswith(".")), key=_place
        )
    except OSError as error:
        problems.append(unreadable(label or str(folder), error))
        return []
    for path in paths:
        if not path.name.isprintable():
            what = "the name is not plain text in UTF-8"
            problems.append(Problem(f"{label}{ascii(path.name)[1:-1]}", what, "rename it"))
            continue
        try:
            mode = path.stat().st_mode
        except OSError as error:
            problems.append(unreadable(f"{label}{path.name}", error, is_link=path.is_symlink()))
            continue
        is_special = not (stat.S_ISDIR(mode) or stat.S_ISREG(mode))
        kind = "pipe or device" if is_special else "folder" if stat.S_ISDIR(mode) else "file"
        entries.append((path, kind))
    return entries


def _place(path: Path) -> tuple[str, str]:
    """The place of a name among others: by its letters, and by the value of a number in it."""
    by_value = re.sub(r"[0-9]+", lambda number: number[0].zfill(LONGEST_NAME), path.name)
    return by_value, path.name


def _other_kind(label: str, path: Path) -> Problem | None:
    """What to do with a file that holds tables in a form that does not land."""
    if path.suffix.lower() in PACKED:
        return Problem(label, "is packed", "unpack it")
    if path.suffix.lower() in WORKBOOKS:
        return Problem(label, "is a workbook", "save each table of it as a CSV file")
    return None


def _unknown(label: str, what: str, name: str, known: list[str]) -> Problem:
    meant = did_you_mean(name, known)
    names = [name for name in known if not name.endswith(KINDS[1])]
    kinds = ", or the same as .parquet" if names != known else ""
    return Problem(label, what, f"{meant}known are {_listed(names)}{kinds}")


def _listed(names: list[str]) -> str:
    return ", ".join(names)

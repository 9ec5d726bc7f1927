"""Which file holds which table: <extracts>/<system>/<table>.csv or .parquet, and nothing else."""

from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from arr_ledger.landing.declared import System, Table
from arr_ledger.landing.problems import LandingRefusedError, Problem

KINDS = (".csv", ".parquet")


@dataclass(frozen=True)
class Extract:
    """A file that holds a declared table."""

    system: System
    table: Table
    path: Path

    @property
    def label(self) -> str:
        return f"{self.system.name}/{self.path.name}"


def find_extracts(folder: Path, systems: dict[str, System]) -> list[Extract]:
    """The files of every system that has a folder; refuses what it cannot place."""
    if not folder.is_dir():
        raise LandingRefusedError(
            [Problem(str(folder), "is not a folder", "name the folder that holds the extracts")]
        )
    problems: list[Problem] = []
    extracts: list[Extract] = []
    for entry in sorted(folder.iterdir()):
        if entry.name.startswith(".") or not entry.is_dir():
            continue
        if entry.name in systems:
            extracts += _extracts_of_system(entry, systems[entry.name], problems)
        else:
            problems.append(
                _unknown(f"{entry.name}/", "is not a known system", entry.name, list(systems))
            )
    if not problems and not extracts:
        problems.append(
            Problem(
                str(folder),
                "holds no folder of a known system",
                f"put the files into folders called {_listed(list(systems))}",
            )
        )
    if problems:
        raise LandingRefusedError(problems)
    return extracts


def _extracts_of_system(folder: Path, system: System, problems: list[Problem]) -> list[Extract]:
    found: dict[str, Extract] = {}
    known = [name + kind for name in system.tables for kind in KINDS]
    before = len(problems)
    for path in sorted(folder.iterdir()):
        if path.name.startswith("."):
            continue
        label = f"{system.name}/{path.name}"
        if path.name not in known or not path.is_file():
            problems.append(_unknown(label, "is not a known file", path.name, known))
        elif path.stem in found:
            problems.append(
                Problem(
                    label,
                    f"{found[path.stem].path.name} holds the same table",
                    "keep one of the two",
                )
            )
        else:
            found[path.stem] = Extract(system, system.tables[path.stem], path)
    only_reference = bool(found) and all(extract.table.is_reference for extract in found.values())
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
    return list(found.values())


def _unknown(label: str, what: str, name: str, known: list[str]) -> Problem:
    similar = get_close_matches(name, known, n=1)
    meant = f"did you mean {similar[0]}? " if similar else ""
    names = [name for name in known if not name.endswith(KINDS[1])]
    kinds = ", or the same as .parquet" if names != known else ""
    return Problem(label, what, f"{meant}known are {_listed(names)}{kinds}")


def _listed(names: list[str]) -> str:
    return ", ".join(names)

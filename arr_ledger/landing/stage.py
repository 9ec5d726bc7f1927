"""A table as it is about to land: its files read, checked and cast to the declared types."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from arr_ledger.landing.checks import find_problems, typed
from arr_ledger.landing.csv_file import stage_csv
from arr_ledger.landing.declared import System, Table
from arr_ledger.landing.files import File, sha256_of_parts
from arr_ledger.landing.folder import MANIFEST, Extract
from arr_ledger.landing.hints import (
    addresses_in_texts,
    alike_texts,
    maybe_last_days,
    maybe_thousands,
)
from arr_ledger.landing.keys import settle_keys
from arr_ledger.landing.newest import LINE, PART, Faulty, block_older, count_faulty
from arr_ledger.landing.parquet_file import stage_parquet
from arr_ledger.landing.problems import LandingRefusedError, Problem
from arr_ledger.landing.quarantine import QUARANTINE, counts, put_aside, put_misread_aside
from arr_ledger.sql import quoted


@dataclass(frozen=True)
class Staged:
    """A table ready to land: ``rows`` rows of it stand in ``temp_table``."""

    temp_table: str
    parts: tuple[File, ...]
    rows: int
    put_aside: dict[str, int]  # rows by kind of reason
    faulty: Faulty
    faults: tuple[Problem, ...]
    ignored_columns: dict[str, list[str]]  # by label of the file
    hints: tuple[str, ...] = ()  # what lands and may not be what it seems

    @property
    def system(self) -> System:
        return self.parts[0].extract.system

    @property
    def table(self) -> Table:
        return self.parts[0].extract.table

    @property
    def name(self) -> str:
        return f"{self.system.schema}.{self.table.name}"

    @property
    def file_name(self) -> str:
        """The file, or the folder of the parts."""
        first = self.parts[0].extract
        return f"{self.table.name}/" if first.is_part else first.file_name

    @property
    def sha256(self) -> str:
        """Of the bytes of the file; of the hashes of the parts, where there are parts."""
        return sha256_of_parts([part.sha256 for part in self.parts])

    @property
    def rows_put_aside(self) -> int:
        return sum(self.put_aside.values())

    @property
    def rows_read(self) -> int:
        return self.rows + self.rows_put_aside

    @property
    def left_out(self) -> list[str]:
        """A sentence per file that has columns which are not declared."""
        return [
            f"{label}: columns not declared, left out: {', '.join(names)}"
            for label, names in self.ignored_columns.items()
        ]

    @property
    def notices(self) -> list[str]:
        """What a person should know although the table landed."""
        if not self.put_aside:
            return list(self.hints)
        kinds = ", ".join(f"{count:,} {kind}" for kind, count in sorted(self.put_aside.items()))
        were, stand = ("was", "stands") if self.rows_put_aside == 1 else ("were", "stand")
        first = f"; the first fault: {self.faults[0]}" if self.faults else ""
        return [
            f"{self.system.name}/{self.file_name}: of {self.rows_read:,} rows"
            f" {self.rows_put_aside:,} {were} quarantined ({kinds}) and {stand} in"
            f" {self.system.schema}.{QUARANTINE}{first.removesuffix('.')}.",
            *self.hints,
        ]


def stage_table(
    connection: duckdb.DuckDBPyConnection, name: str, files: Sequence[File], scratch: Path
) -> Staged:
    """Reads every file of a table; LandingRefusedError names the files that cannot be read."""
    parts = [file.extract for file in files]
    faults: list[Problem] = []
    refused: list[Problem] = []
    ignored = {}
    hints: list[str] = []
    columns: dict[str, None] = {}
    of_newest: list[str] = []
    for number, file in enumerate(files):
        try:
            present, undeclared, problems, of_file = _stage_file(
                connection, f"{name}_{number}", number, file, scratch
            )
        except LandingRefusedError as refusal:
            refused += refusal.problems
            continue
        faults += problems
        hints += of_file
        columns |= dict.fromkeys(present)
        of_newest = present
        if undeclared:
            ignored[file.extract.label] = undeclared
    refused = refused or _not_there(parts, columns, ignored)
    if refused:
        raise LandingRefusedError(refused)
    _unite(connection, name, [f"{name}_{number}" for number in range(len(parts))])
    block_older(connection, name, parts, list(columns))
    faults += settle_keys(connection, name, parts, list(columns))
    faulty = count_faulty(connection, name, parts, list(columns))
    hints += alike_texts(connection, name, parts, list(columns))
    hints += maybe_last_days(connection, name, parts, list(columns))
    hints += _without_columns(parts, [each for each in columns if each not in of_newest])
    connection.execute(f"alter table {name} drop column {PART}")
    connection.execute(f"alter table {name} drop column {LINE}")
    (rows,) = connection.execute(f"select count(*) from {name}").fetchone()
    aside = counts(connection, parts[0].system.name, parts[0].table.name)
    if not rows and not aside and not parts[0].table.is_optional:
        remedy = "export it again, with its rows"
        raise LandingRefusedError([Problem(parts[0].label, "has a header but no rows", remedy)])
    return Staged(name, tuple(files), rows, aside, faulty, tuple(faults), ignored, tuple(hints))


def _unite(connection: duckdb.DuckDBPyConnection, name: str, parts: Sequence[str]) -> None:
    """Makes one table of the parts; a single part is not copied."""
    first, *others = parts
    if others:
        united = " union all by name ".join(f"from {part}" for part in parts)
        connection.execute(f"create temp table {name} as {united}")
        for part in parts:
            connection.execute(f"drop table {part}")
    else:
        connection.execute(f"alter table {first} rename to {name}")


def _not_there(
    parts: Sequence[Extract], columns: Collection[str], ignored: dict[str, list[str]]
) -> list[Problem]:
    """The columns that a variable names and no part of the table has."""
    label = parts[-1].label
    others = ", ".join(ignored.get(label, [])) or "none"
    return [
        Problem(
            label,
            f"{column.named_by} names this column, and it is not there; columns that nothing reads"
            f" are: {others}",
            f"add it to the file, or name another in {column.named_by}",
            None,
            column.name,
        )
        for column in parts[-1].table.columns
        if column.named_by and column.name not in columns
    ]


def _without_columns(parts: Sequence[Extract], missing: Sequence[str]) -> list[str]:
    """A sentence if the newest part of a table lacks columns that older ones have."""
    if not missing:
        return []
    columns = f"column{'s' if missing[1:] else ''} {', '.join(missing)}"
    return [
        f"{parts[-1].label}: has no {columns}, unlike older parts of the table; its rows land"
        " without a value there."
    ]


def _stage_file(
    connection: duckdb.DuckDBPyConnection, name: str, number: int, file: File, scratch: Path
) -> tuple[list[str], list[str], list[Problem], list[str]]:
    """Leaves the rows without a fault behind.

    Returns columns, those left out, the faults, and hints at what may not be what it seems.
    """
    extract = file.extract
    if extract.path.suffix == ".csv":
        present, undeclared, misread = stage_csv(connection, file, scratch)
    else:
        present, undeclared, misread = stage_parquet(connection, file)
    hints = maybe_thousands(connection, extract, present)
    hints += addresses_in_texts(connection, extract, present)
    problems = find_problems(connection, extract, present)
    if problems:
        reasons = defaultdict(list)
        for problem in problems:
            reasons[problem.line].append(problem.reason)
        as_read = ", ".join(f"'{column}': {quoted(column)}" for column in present)
        put_aside(
            connection,
            extract,
            "fault",
            {line: " | ".join(each) for line, each in reasons.items()},
            f"select {LINE}, to_json({{{as_read}}}) as row_as_read from texts",
        )
    put_misread_aside(connection, extract, misread)
    (read,) = connection.execute("select count(*) from texts").fetchone()
    if file.rows is not None and read + len(misread) != file.rows:
        what = f"has {read + len(misread):,} rows, {MANIFEST} says {file.rows:,}"
        remedy = "upload the file and the manifest again"
        raise LandingRefusedError([Problem(extract.label, what, remedy)])
    columns = ", ".join(
        f"{typed(column)} as {quoted(column.name)}"
        for column in extract.table.columns
        if column.name in present
    )
    connection.execute(
        f"create temp table {name} as select {number} as {PART}, {LINE}, {columns} from texts"
        ' where not exists (from faults where faults.line = texts."source line")'
    )
    connection.execute("drop table texts")
    every = [*problems, *(each.problem for each in misread)]
    return present, undeclared, sorted(every, key=lambda problem: problem.line), hints

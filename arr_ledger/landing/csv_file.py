"""Reads a CSV extract record by record, exactly, into a table of texts with line numbers."""

import codecs
import csv
import json
import sys
from collections.abc import Iterator
from itertools import islice
from operator import itemgetter
from pathlib import Path
from typing import BinaryIO

import duckdb

from arr_ledger.landing.files import File
from arr_ledger.landing.header import match_columns, undeclared_columns
from arr_ledger.landing.problems import LandingRefusedError, Problem
from arr_ledger.landing.quarantine import MOST_FAULTY_ROWS, Misread
from arr_ledger.sql import one_file

# characters of a field, and of the declared fields of a record
LONGEST = 4_000_000
# of a record in bytes: four each at most, and quotes and a comma around every field
LONGEST_IN_BYTES = 4 * LONGEST + 10_000
# a title or a line sep=, that some programs write
MOST_LINES_BEFORE_HEADER = 20
UTF_16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
# how files begin that are no text, whatever they are called
OTHER_KINDS = {
    b"PK\x03\x04": ("is an Excel workbook or a zip file", "export it as CSV, in UTF-8"),
    b"\xd0\xcf\x11\xe0": ("is an old Excel workbook", "export it as CSV, in UTF-8"),
    b"\x1f\x8b": ("is compressed by gzip", "uncompress it"),
    b"PAR1": ("is a Parquet file", "call it .parquet"),
}


class CheckedLines:
    """The lines of a file as text; stops at the first byte that is not UTF-8 text."""

    def __init__(self, file: BinaryIO, label: str) -> None:
        self.file = file
        self.label = label
        self.ends_in_newline = True

    def __iter__(self) -> Iterator[str]:
        line = b"\n"
        for number, line in enumerate(self.file, start=1):
            if number == 1:
                line = self._without_mark(line)
            if b"\0" in line:
                raise self._refused("holds a NUL byte", "export it again as plain text", number)
            try:
                yield line.decode("utf-8")
            except UnicodeDecodeError as error:
                byte = f"byte 0x{line[error.start]:02x}"
                what = f"{byte} is not UTF-8 (byte {error.start + 1} of the line)"
                raise self._refused(what, "export the file as UTF-8", number) from None
        self.ends_in_newline = line.endswith((b"\n", b"\r"))

    def _without_mark(self, line: bytes) -> bytes:
        if line.startswith(UTF_16_MARKS):
            raise self._refused("is UTF-16", "export the file as UTF-8", 1)
        for mark, (what, remedy) in OTHER_KINDS.items():
            if line.startswith(mark):
                raise self._refused(what, remedy, 1)
        return line.removeprefix(codecs.BOM_UTF8)

    def _refused(self, what: str, remedy: str, line: int) -> LandingRefusedError:
        return LandingRefusedError([Problem(self.label, what, remedy, line)])


def stage_csv(
    connection: duckdb.DuckDBPyConnection, file: File, scratch: Path
) -> tuple[list[str], list[str], list[Misread]]:
    """Fills table texts with the records that have as many fields as the header.

    Returns the declared columns it has, the undeclared ones left out, and the other records.
    """
    extract = file.extract
    clean = scratch / "clean.csv"
    with file.path.open("rb") as source, clean.open("w", encoding="utf-8", newline="") as target:
        lines = CheckedLines(source, extract.label)
        header, matched, rows, misread = _copy_declared_columns(lines, file, target)
    columns = {"source line": "bigint"} | dict.fromkeys(matched, "varchar")
    connection.execute(
        """
        create or replace temp table texts as
        select * from read_csv(
            ?, columns = ?, header = false, auto_detect = false, delim = ',',
            quote = '"', escape = '"', nullstr = '', new_line = '\\n',
            strict_mode = true, max_line_size = ?, hive_partitioning = false
        )
        """,
        [one_file(clean), columns, LONGEST_IN_BYTES],
    )
    clean.unlink()
    (landed,) = connection.execute("select count(*) from texts").fetchone()
    if landed != rows:
        raise RuntimeError(f"{extract.label}: {rows} records read, {landed} staged")
    return list(matched), undeclared_columns(extract.table, header), misread


def _copy_declared_columns(
    lines: CheckedLines, file: File, target
) -> tuple[list, dict, int, list[Misread]]:
    extract = file.extract
    csv.field_size_limit(LONGEST)
    reader = csv.reader(lines, strict=True)
    records = _records(reader, file)
    header_line, header = next((each for each in records if each[1]), (1, []))
    if not header:
        remedy = "export it again, with a header"
        raise LandingRefusedError([Problem(extract.label, "is empty", remedy)])
    if not _names_columns(header, file):
        later = islice(records, MOST_LINES_BEFORE_HEADER)
        found = next((line for line, record in later if _names_columns(record, file)), None)
        if found:
            what = f"has lines before its header, which is line {found}"
            raise LandingRefusedError([Problem(extract.label, what, "remove them", header_line)])
    matched = match_columns(extract.label, extract.table, header, header_line)
    places = list(matched.values())
    pick = itemgetter(*places) if len(places) > 1 else lambda record: (record[places[0]],)
    write = csv.writer(target, quoting=csv.QUOTE_ALL, lineterminator="\n").writerow
    width = len(header)
    misread: list[Misread] = []
    rows = 0
    line, record = header_line, header
    for line, record in records:
        if len(record) == width:
            rows += 1
            picked = pick(record)
            if sum(map(len, picked)) > LONGEST:
                raise LandingRefusedError([_too_long(extract.label, "the record", line)])
            write((line, *picked))
            continue
        problem = _wrong_width(extract.label, header, record, line)
        fields = {name: record[place] for name, place in matched.items() if place < len(record)}
        misread.append(Misread(problem, json.dumps(record, ensure_ascii=False), fields))
        if len(misread) > MOST_FAULTY_ROWS:
            raise LandingRefusedError([each.problem for each in misread])
    if 0 < len(record) < width and not lines.ends_in_newline:
        what = f"the file stops in the middle of its last line (field {len(record)} of {width})"
        raise LandingRefusedError([Problem(extract.label, what, "copy the file again", line)])
    return header, matched, rows, misread


def _names_columns(record: list[str], file: File) -> bool:
    return any(file.extract.table.column(name.strip().lower()) for name in record)


def _records(reader, file: File) -> Iterator[tuple[int, list[str]]]:
    """Records with the line they start on; blank lines after the last one are no records.

    A spreadsheet writes a blank line as separators alone.
    """
    blank_lines: list[int] = []
    line = 1
    try:
        for record in reader:
            if any(record):
                yield from ((blank, []) for blank in blank_lines)
                blank_lines.clear()
                yield line, record
            else:
                blank_lines.append(line)
            line = reader.line_num + 1
    except csv.Error as error:
        raise LandingRefusedError(
            [_broken_record(file, line, reader.line_num, f"{error}")]
        ) from None


def _broken_record(file: File, line: int, stopped_on: int, error: str) -> Problem:
    """Why the record that starts on a line is none."""
    label = file.extract.label
    what = "a quote in the record that starts here is not closed, or text follows the closing one"
    remedy = "close it, and write a quote inside quoted text twice"
    if "new-line character" in error:
        what, remedy = "a carriage return alone ends a line", "end lines with LF or CRLF"
    if "field limit" in error:
        column = _column_without_end(file, line)
        if stopped_on == line:
            return _too_long(label, "the field", line, column)
        what = (
            f"the quoted text that starts here is longer than {LONGEST:,} characters; its closing"
            " quote may be missing"
        )
        return Problem(label, what, "close it, or shorten the text", line, column)
    return Problem(label, what, remedy, line)


def _column_without_end(file: File, line: int) -> str | None:
    """The column of the first field of a line that is too long or goes on after it."""
    csv.field_size_limit(sys.maxsize)
    with file.path.open("rb") as source:
        header = next(csv.reader(iter(CheckedLines(source, file.extract.label))))
        source.seek(0)
        first_line = next(islice(CheckedLines(source, file.extract.label), line - 1, line))
    record = next(csv.reader([first_line]))
    places = [place for place, field in enumerate(record) if len(field) > LONGEST]
    place = places[0] if places else len(record) - 1
    return header[place] if place < len(header) else None


def _too_long(label: str, what: str, line: int, column: str | None = None) -> Problem:
    told = f"{what} is longer than {LONGEST:,} characters"
    return Problem(label, told, "shorten the text, or leave the column out", line, column)


def _wrong_width(label: str, header: list[str], record: list[str], line: int) -> Problem:
    what = f"{len(record)} fields where the header has {len(header)}"
    if not record:
        what, remedy = "the line is blank", "remove it"
    elif len(record) > len(header):
        remedy = "put text that holds commas into double quotes"
    else:
        what += f"; the first missing is {header[len(record)]}"
        remedy = "write every field, empty ones too"
    return Problem(label, what, remedy, line)

"""Reads the golden books: what landed, under which variables, and what must come out."""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

from ledger_harness import read_book

BOOKS_FOLDER = Path(__file__).parent / "books"


@dataclass(frozen=True)
class Check:
    """One figure of one book under one set of variables."""

    book: str
    place: str  # where in book.json it stands, for messages
    folder: Path
    variables: dict
    terms: dict[str, Any]

    @property
    def figure(self) -> str:
        return self.terms["figure"]

    def __str__(self) -> str:
        told = {
            key: value
            for key, value in self.terms.items()
            if key not in {"is", "within", "variables", "printed_as"}
        }
        return f"{self.book} {self.place}: {told} under {self.variables or 'the defaults'}"


@dataclass(frozen=True)
class GoldenBook:
    """A folder under books/: book.json and the tables as CSV files."""

    folder: Path

    @property
    def name(self) -> str:
        return self.folder.name

    @cached_property
    def terms(self) -> dict[str, Any]:
        return json.loads((self.folder / "book.json").read_text(), parse_float=Decimal)

    @cached_property
    def checks(self) -> list[Check]:
        """Checks of the book, then of its variants; a variant without checks repeats the book's."""
        found = self._checks(
            "check", self.folder, self.terms.get("variables", {}), self.terms["checks"]
        )
        for number, variant in enumerate(self.terms.get("variants", []), start=1):
            found += self._checks(
                f"variant {number}, check",
                self.folder / variant["tables"],
                variant["variables"],
                variant.get("checks", self.terms["checks"]),
            )
        return found

    def _checks(self, place: str, folder: Path, variables: dict, checks: list[dict]) -> list[Check]:
        return [
            Check(
                self.name,
                f"{place} {number}",
                folder,
                {**variables, **terms.get("variables", {})},
                terms,
            )
            for number, terms in enumerate(checks, start=1)
        ]

    def tables(self, folder: Path) -> dict[str, list[dict[str, str]]]:
        """Rows per table; lines that follow a pattern are written out from generated_lines."""
        tables = read_book(folder)
        if folder == self.folder and "generated_lines" in self.terms:
            tables["subscription_lines"] = [
                {
                    column: pattern.format(
                        line=part["first_line"] + place, customer=part["first_customer"] + place
                    )
                    for column, pattern in part["line"].items()
                }
                for part in self.terms["generated_lines"]
                for place in range(part["count"])
            ]
        return tables


def golden_books() -> list[GoldenBook]:
    return [GoldenBook(path.parent) for path in sorted(BOOKS_FOLDER.glob("*/book.json"))]

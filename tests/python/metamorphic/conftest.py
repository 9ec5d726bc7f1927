"""Ledgers and books for all tests of this folder, and what the books give unchanged."""

from __future__ import annotations

import pytest
from ledger_harness import Ledger

from metamorphic.books import AS_OF, EARLIER, Book, one_book_of_all
from metamorphic.outcomes import Tables, all_models, tables

SEEDS = (1, 2, 3)
VARIABLES = {
    "as_of_date": str(AS_OF),
    "retention_windows": [1, 12],
    "segment_columns": ["segment", "region"],
}


@pytest.fixture(scope="session")
def ledger() -> Ledger:
    """The ledger as it is configured, at one day."""
    return Ledger(VARIABLES)


@pytest.fixture(scope="session")
def strict_ledger() -> Ledger:
    """Without grace days: a gap is a gap."""
    return Ledger({**VARIABLES, "renewal_grace_days": 0})


@pytest.fixture(scope="session")
def earlier_ledger() -> Ledger:
    """Without grace days, fourteen months earlier."""
    return Ledger({**VARIABLES, "renewal_grace_days": 0, "as_of_date": str(EARLIER)})


@pytest.fixture(scope="session")
def book() -> Book:
    """Books with fixed seeds; changes make new rows and leave its own alone."""
    return one_book_of_all(SEEDS)


@pytest.fixture(scope="session")
def before(ledger: Ledger, book: Book) -> Tables:
    """Every model over the unchanged book."""
    return tables(ledger.run(book), all_models(ledger))

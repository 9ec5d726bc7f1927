"""Puts many independent books into one, told apart by a segment: planning costs more than rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ledger_harness.ledger import BookError

Rows = Iterable[Mapping[str, Any]]

# Columns that hold ids of a book's own; fx_rates are one table for all books.
ID_COLUMNS = {
    "subscription_lines": [
        "line_id",
        "subscription_id",
        "customer_id",
        "product_id",
        "supersedes_line_id",
    ],
    "customers": ["customer_id", "parent_customer_id", "merged_into_customer_id"],
    "products": ["product_id", "product_family"],
}


def merge_books(books: Mapping[str, Mapping[str, Rows]]) -> dict[str, list[dict[str, Any]]]:
    """One book of all: ids become label/id, and the industry of every customer is its label.

    What a book gives in total stands in the rows of segment_type industry, segment_value label.
    Months reach as far back as the oldest book's. Each customer needs an id; books that use
    industry, or rates that differ, cannot be merged.
    """
    merged: dict[str, list[dict[str, Any]]] = {}
    rates = None
    for label, book in books.items():
        customers = {row["customer_id"]: dict(row) for row in book.get("customers", [])}
        for line in book.get("subscription_lines", []):
            customers.setdefault(line["customer_id"], {"customer_id": line["customer_id"]})
        if None in customers or "" in customers:
            raise BookError(f"{label}: a line without a customer cannot be told apart")
        if any(row.get("industry") for row in customers.values()):
            raise BookError(f"{label}: industry is taken, it tells the books apart")
        named = [{**row, "industry": label} for row in customers.values()]
        for table, columns in ID_COLUMNS.items():
            rows = named if table == "customers" else book.get(table, [])
            merged.setdefault(table, []).extend(_labelled(row, columns, label) for row in rows)
        of_book = [dict(row) for row in book.get("fx_rates", [])]
        if rates is not None and of_book and of_book != rates:
            raise BookError(f"{label}: its rates are not those of the other books")
        rates = of_book or rates
    return {**merged, "fx_rates": rates or []}


def _labelled(row: Mapping[str, Any], columns: list[str], label: str) -> dict[str, Any]:
    return {**row, **{column: f"{label}/{row[column]}" for column in columns if row.get(column)}}

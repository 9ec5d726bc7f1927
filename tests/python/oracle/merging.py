"""Puts many books into one run: ids get the label of their book, rates are shared."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Rows = list[dict[str, Any]]

# Columns that name something of the book's own.
IDS = {
    "line_id",
    "subscription_id",
    "customer_id",
    "product_id",
    "product_family",
    "supersedes_line_id",
    "parent_customer_id",
    "merged_into_customer_id",
}


def merged(books: Mapping[str, Mapping[str, Rows]]) -> dict[str, Rows]:
    """One book of all. Lines without a customer meet as one unknown; all else stays apart.

    The industry of a listed customer is the label of its book, so that the reports by segment say
    in which book they differ.
    """
    together: dict[str, Rows] = {}
    for label, book in books.items():
        for table, rows in book.items():
            if table == "fx_rates":
                together[table] = rows
                continue
            target = together.setdefault(table, [])
            for row in rows:
                named = {
                    column: f"{label}/{value}" if column in IDS and value else value
                    for column, value in row.items()
                }
                if table in ("customers", "customer_versions"):
                    named["industry"] = label
                target.append(named)
    return together

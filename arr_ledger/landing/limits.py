"""When too many rows are quarantined for a landing to go on: by number, and by value.

Both are shares of the newest state of the keys: parts that overlap make neither smaller.
"""

from collections.abc import Sequence
from datetime import date

import duckdb

from arr_ledger.landing.problems import LandingRefusedError
from arr_ledger.landing.quarantine import Limits
from arr_ledger.landing.stage import Staged
from arr_ledger.landing.worth import share_at_fault


def refuse_too_many(
    connection: duckdb.DuckDBPyConnection, tables: Sequence[Staged], limits: Limits, day: date
) -> None:
    """LandingRefusedError lists the faults of every table that has too many."""
    sentences = {}
    for table in tables:
        sentence = _too_many_rows(table, limits) or _too_much_value(
            connection, table, tables, limits, day
        )
        if sentence is not None:
            sentences[table.name] = sentence
    if sentences:
        faults = [fault for table in tables if table.name in sentences for fault in table.faults]
        raise LandingRefusedError(faults, list(sentences.values()))


def _too_many_rows(table: Staged, limits: Limits) -> str | None:
    if not table.put_aside.get("fault"):
        return None
    if table.system.is_refused_whole:
        return f"No row of {_label(table)} is quarantined."
    counts = table.faulty
    shares = [
        (counts.keys, counts.of_keys, "rows"),
        (counts.records, counts.of_records, "newest versions"),
    ]
    return next(
        (
            f"{faulty:,} of {rows:,} {word} of {_label(table)} are at fault, more than the"
            f" {limits.rows:.2%} that may be quarantined."
            for faulty, rows, word in shares
            if faulty > limits.rows * rows
        ),
        None,
    )


def _too_much_value(
    connection: duckdb.DuckDBPyConnection,
    table: Staged,
    tables: Sequence[Staged],
    limits: Limits,
    day: date,
) -> str | None:
    if not table.put_aside.get("fault"):
        return None
    found = share_at_fault(connection, table, tables, day)
    if found is None or found[0] <= limits.value:
        return None
    share, words = found
    return (
        f"The rows of {_label(table)} that are at fault are worth {share:.2%} of {words}, more than"
        f" the {limits.value:.2%} that may be quarantined."
    )


def _label(table: Staged) -> str:
    return f"{table.system.name}/{table.table.name}"

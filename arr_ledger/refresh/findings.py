"""What a release found odd, by kind and with its amount: the last lines of a refresh."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import duckdb

from arr_ledger.marts_file import published_columns
from arr_ledger.sql import quoted

# of every other kind there is one line together
ALWAYS_NAMED = "unexplained_"
FINDINGS = """
    select finding_type, count(*), coalesce(sum(abs(arr)), 0)::decimal(18, 2)
    from marts.rpt_ledger_findings group by finding_type order by 3 desc, 1
"""
MOST_NAMED = 5


def findings_of(release_file: Path) -> dict[str, dict[str, int | str]]:
    """Kind of finding -> how many there are, and the sum of their amounts without signs."""
    try:
        with duckdb.connect(str(release_file), read_only=True) as connection:
            rows = connection.execute(FINDINGS).fetchall()
    except duckdb.Error:  # an earlier version had no such mart, and the release is out already
        return {}
    return {kind: {"count": count, "arr": str(arr)} for kind, count, arr in rows}


def empty_segments(built: Path, columns: Sequence[str]) -> list[str]:
    """A sentence on segment columns for which no customer has a value, as where one is misspelt."""
    with duckdb.connect(str(built), read_only=True) as connection:
        empty = [
            name
            for name in columns
            if not connection.execute(
                f"select 1 from marts.dim_customers where {quoted(name)} <> 'unknown' limit 1"
            ).fetchall()
        ]
    if not empty:
        return []
    return [
        f"segment_columns: no customer has a value for {', '.join(empty)}, so all are in unknown;"
        " check the name, and where the value comes from (docs/how_to/cut_by_your_own_columns.md)."
    ]


def other_segments(served: Path, built: Path) -> list[str]:
    """A sentence per segment column of which a value lost all of its ARR, as one called otherwise.

    Where an export writes ENT for Enterprise, the rates of both follow their customers.
    """
    if not served.exists():
        return []
    before, now = _segments(served), _segments(built)
    sentences = []
    for column in sorted(before.keys() & now.keys()):
        gone = [value for value in before[column] if value not in now[column]]
        new = [value for value in now[column] if value not in before[column]]
        if gone:
            came = f"; new is {_some(new)}" if new else ""
            sentences.append(
                f"{column}: {_some(gone)} had ARR in the newest month of the served release and has"
                f" none now{came}; check that no export renamed it."
            )
    return sentences


def _segments(file: Path) -> dict[str, list[str]]:
    """Segment column -> its values with ARR in the newest month."""
    with duckdb.connect(str(file), read_only=True) as connection:
        columns = published_columns(connection).get("rpt_arr_bridge_monthly", {}).keys()
        if not {"date_month", "segment_type", "segment_value", "ending_arr"} <= columns:
            return {}
        return dict(
            connection.execute(
                "select segment_type, list(distinct segment_value order by segment_value)"
                " from marts.rpt_arr_bridge_monthly"
                " where segment_type <> 'all' and ending_arr <> 0 and date_month ="
                " (select max(date_month) from marts.rpt_arr_bridge_monthly) group by 1"
            ).fetchall()
        )


def _some(values: Sequence[str]) -> str:
    more = f" and {len(values) - MOST_NAMED:,} more" if values[MOST_NAMED:] else ""
    return f"{', '.join(values[:MOST_NAMED])}{more}"


def findings_told(findings: dict[str, dict[str, int | str]]) -> list[str]:
    """A line per kind of difference that nothing explains, and one for all other findings."""
    lines = []
    others = {}
    for kind, found in findings.items():
        if kind.startswith(ALWAYS_NAMED):
            words = kind.replace("_", " ")
            lines.append(
                f"{words.capitalize()}: {found['count']:,}, {Decimal(str(found['arr'])):,.2f} a"
                " year; see marts.rpt_ledger_findings."
            )
        else:
            others[kind] = found
    if others:
        named = ", ".join(
            f"{found['count']:,} {kind} ({Decimal(str(found['arr'])):,.2f})"
            for kind, found in list(others.items())[:MOST_NAMED]
        )
        more = f" and {len(others) - MOST_NAMED} more kinds" if len(others) > MOST_NAMED else ""
        lines.append(f"Findings: {named}{more}; see marts.rpt_ledger_findings.")
    return lines

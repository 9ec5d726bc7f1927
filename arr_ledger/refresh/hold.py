"""What holds a release back until a person has looked.

Sources that shrink, ARR that jumps or rests on rows that are faulty now, data that ends.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb

from arr_ledger.landing.problems import masked
from arr_ledger.marts_file import published_columns
from arr_ledger.problems import counted
from arr_ledger.refresh.problems import RefreshRefusedError

MOST_ROWS_LOST = Decimal("0.20")
MOST_ARR_MOVED = Decimal("0.10")
ARR_BY_MONTH = """
    select date_month, ending_arr from marts.rpt_arr_bridge_monthly
    where segment_type = 'all' order by date_month desc
"""
# of which the rates of the newest month have their bases
PAST_MONTHS = 24
# of the newest month: what a young company had two years ago is soon moved by a tenth
LEAST_ARR_MOVED = Decimal("0.01")

FAULTY_ROWS = """
    select related_subject_id || ' ' || subject_id, arr from marts.rpt_ledger_findings
    where finding_type = 'faulty_row_kept' and arr <> 0 order by abs(arr) desc, 1
"""
DATA_ENDS = """
    select source_system, subject_id, arr from marts.rpt_ledger_findings
    where finding_type = 'data_ends' order by all
"""
MOST_NAMED = 3


def shrunken_tables(before: dict[str, int], after: dict[str, int]) -> list[str]:
    """A sentence per table that lost more than a fifth of its rows since the last landing."""
    return [
        f"{name} fell from {rows:,} to {after.get(name, 0):,} rows"
        for name, rows in before.items()
        if not name.split(".")[1].startswith("landed_")
        and rows - after.get(name, 0) > MOST_ROWS_LOST * rows
    ]


def moved_arr(served: Path, built: Path) -> list[str]:
    """A sentence if ARR of the newest month is more than a tenth away from what is served."""
    if not served.exists():
        return []
    (earlier_month, earlier), (month, arr) = _newest_arr(served), _newest_arr(built)
    if abs(arr - earlier) <= MOST_ARR_MOVED * abs(earlier):
        return []
    movers = _movers((served, earlier_month), (built, month))
    return [f"ARR went from {earlier:,.2f} ({earlier_month}) to {arr:,.2f} ({month}){movers}"]


def moved_past_arr(served: Path, built: Path) -> list[str]:
    """A sentence if ARR of months before the newest is more than a tenth away from what is served.

    NDR and GRR of the newest month are shares of what such a month had. What is less than a
    hundredth of the newest month moves none that people look at.
    """
    if not served.exists():
        return []
    earlier, after = dict(_arr_by_month(served)), _arr_by_month(built)
    least = LEAST_ARR_MOVED * abs(after[0][1]) if after else 0
    moved = [
        (month, earlier[month], arr)
        for month, arr in after[1 : PAST_MONTHS + 1]
        if month in earlier
        and abs(arr - earlier[month]) > max(MOST_ARR_MOVED * abs(earlier[month]), least)
    ]
    if not moved:
        return []
    month, was, arr = max(moved, key=lambda each: abs(each[2] - each[1]))
    months = counted(len(moved), "past month")
    movers = _movers((served, f"{month:%Y-%m}"), (built, f"{month:%Y-%m}"))
    return [
        f"ARR of {months} moved by more than {MOST_ARR_MOVED:.0%}, the most in {month:%Y-%m}, from"
        f" {was:,.2f} to {arr:,.2f}{movers}"
    ]


def kept_arr(built: Path, most: Decimal) -> list[str]:
    """A sentence if more than this share of ARR rests on last good versions of faulty rows."""
    rows = _findings(built, FAULTY_ROWS)
    if not rows:
        return []
    kept = sum((abs(arr) for _, arr in rows), Decimal(0))
    month, arr = _newest_arr(built)
    if kept <= most * abs(arr):
        return []
    named = ", ".join(name for name, _ in rows[:MOST_NAMED])
    more = f" and {len(rows) - MOST_NAMED:,} more" if rows[MOST_NAMED:] else ""
    return [
        f"{kept:,.2f} of the {arr:,.2f} of ARR ({month}) rest on last good versions of rows that"
        f" are faulty now, more than {most:.2%}: {named}{more}; correct them in the source system"
    ]


def ended_arr(built: Path, most: Decimal) -> list[str]:
    """A sentence per billing system whose data ends with more than this share of ARR."""
    ends = _findings(built, DATA_ENDS)
    if not ends:
        return []
    month, arr = _newest_arr(built)
    return [
        f"the data of {system} seems to end: no line starts or renews after {day}, and {ended:,.2f}"
        f" of ARR ended since ({arr:,.2f} are left in {month}); bring newer data, and make invoices"
        " into lines as docs/how_to/turn_invoices_into_lines.md shows"
        for system, day, ended in ends
        if ended > most * (arr + ended)
    ]


def hold_back(reasons: list[str], accepted_reason: str | None) -> None:
    """Refuses to go on, unless a person gave a reason with --accept."""
    if reasons and accepted_reason is None:
        raise RefreshRefusedError(
            f"blocked: {'; '.join(reasons)}. If that is right, run it again with"
            " --accept 'why it is right'."
        )


def _movers(before: tuple[Path, str], after: tuple[Path, str]) -> str:
    """The customers who moved ARR most between a month of one file and a month of another."""
    (was, had), (now, has) = _customers(*before), _customers(*after)
    if not (had and has):
        return ""
    moved = {name: now.get(name, 0) - was.get(name, 0) for name in was.keys() | now.keys()}
    largest = sorted(moved, key=lambda name: (-abs(moved[name]), name))[:MOST_NAMED]
    named = ", ".join(f"{masked(name)} {moved[name]:+,.2f}" for name in largest if moved[name])
    return f", most of all {named}" if named else ""


def _customers(database: Path, month: str) -> tuple[dict[str, Decimal], bool]:
    """ARR by customer, and whether the file has it."""
    with duckdb.connect(str(database), read_only=True) as connection:
        is_there = "fct_customer_arr_monthly" in published_columns(connection)
        if not is_there or not month[:1].isdigit():
            return {}, False
        rows = connection.execute(
            "select customer_id, arr from marts.fct_customer_arr_monthly"
            " where date_month = cast($1 || '-01' as date)",
            [month],
        ).fetchall()
    return dict(rows), True


def _findings(database: Path, query: str) -> list[tuple]:
    """Rows of a query on the findings; none where a file has no table of them."""
    there = "from duckdb_tables() where table_name = 'rpt_ledger_findings'"
    with duckdb.connect(str(database), read_only=True) as connection:
        return connection.execute(query).fetchall() if connection.execute(there).fetchall() else []


def _arr_by_month(database: Path) -> list[tuple[date, Decimal]]:
    """The newest month first."""
    with duckdb.connect(str(database), read_only=True) as connection:
        return connection.execute(ARR_BY_MONTH).fetchall()


def _newest_arr(database: Path) -> tuple[str, Decimal]:
    months = _arr_by_month(database)
    return (f"{months[0][0]:%Y-%m}", months[0][1]) if months else ("no month", Decimal(0))

"""What differs from the landing before in a way in which no system of record changes.

A column that had values is missing or empty, an id of a line is used again, an older file is back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import duckdb

from arr_ledger.landing.declared import Column, Table
from arr_ledger.landing.kept import DELETED, same_key
from arr_ledger.landing.problems import masked
from arr_ledger.sql import quoted

# a column of a few values may well be empty the next time
ALWAYS_BORNE = 5
# what the row of a line says of its contract: another customer and day, and one of these
OF_A_LINE = ("line_id", "customer_id", "start_date")
OF_ITS_CONTRACT = ("subscription_id", "product_id")
MOST_NAMED = 3
# a rate that moves by more in one correction, or from one month to the next, is rather inverted
MOST_RATE_MOVED = Decimal("0.25")
# months for years, cents for units, thousands
SLIPS = (12, 100, 1000)
WORTH_OF_A_LINE = {"line_id", "term_amount", "term_months", "currency"}


@dataclass(frozen=True)
class LostColumn:
    """A column without a value, which had some in rows that are there again."""

    name: str
    values: int
    of: int
    is_missing: bool

    def told(self, label: str, undeclared: Sequence[str]) -> str:
        """A sentence; a column that is not declared may be the same under a new name."""
        had = f"it had {self.values:,} values in the last landing"
        if not self.is_missing:
            return f"{label}: column {self.name} is empty in every row; {had}"
        new = f" (not declared: {', '.join(undeclared[:MOST_NAMED])})" if undeclared else ""
        return f"{label}: column {self.name} is missing{new}; {had}"


def lost_columns(
    connection: duckdb.DuckDBPyConnection, table: Table, staged: str, keys: Sequence[Column]
) -> list[LostColumn]:
    """The columns of table earlier_rows that have no value left in the staged table."""
    present = _columns(connection, staged)
    names = [column.name for column in table.columns if column not in keys]
    if not names or not keys:
        return []
    had = ", ".join(f"count({quoted(name)})" for name in names)
    have = ", ".join(f"count({quoted(name)})" if name in present else "0" for name in names)
    of, *before = connection.execute(
        f"select count(*), {had} from earlier_rows as earlier where {DELETED} is null"
        f" and exists (select 1 from {staged} as staged where {same_key(keys)})"
    ).fetchone()
    now = connection.execute(f"select {have} from {staged}").fetchone()
    return [
        LostColumn(name, values, of, name not in present)
        for name, values, left in zip(names, before, now, strict=True)
        if values and not left
    ]


def is_lost(column: LostColumn, most: Decimal) -> bool:
    """A missing column is one whatever it held; an empty one if it held more than a few values."""
    return column.is_missing or column.values > max(ALWAYS_BORNE, most * column.of)


def reused_lines(
    connection: duckdb.DuckDBPyConnection, label: str, table: Table, staged: str
) -> str:
    """A sentence if ids of lines are used again: the history of the first lines is lost."""
    present = _columns(connection, staged)
    contract = [name for name in OF_ITS_CONTRACT if name in present]
    if not contract or not set(OF_A_LINE) <= present or not table.column("line_id"):
        return ""
    other = " or ".join(f"staged.{name} is distinct from earlier.{name}" for name in contract)
    found = connection.execute(
        f"""
        select
            earlier.line_id, earlier.customer_id, earlier.start_date, staged.customer_id,
            staged.start_date
        from earlier_rows as earlier join {staged} as staged on earlier.line_id = staged.line_id
        where
            staged.customer_id <> earlier.customer_id and staged.start_date > earlier.start_date
            and ({other})
        order by 1
        """
    ).fetchall()
    if not found:
        return ""
    line, *said = [masked(str(each)) for each in found[0]]
    count = "1 id of a line is" if len(found) == 1 else f"{len(found):,} ids of lines are"
    return (
        f"{label}: {count} used again for another customer, which takes the history of the first"
        f" line away: {line}, of {said[0]} from {said[1]}, is now of {said[2]} from {said[3]}; give"
        " a new line an id of its own"
    )


def older_load(
    connection: duckdb.DuckDBPyConnection, place: str, label: str, table: Table, sha256: str
) -> str:
    """A sentence if the bytes are those of a landing before the last one.

    A small table kept by hand may well be put back.
    """
    if table.is_reference:
        return ""
    found = connection.execute(
        f"select landing_number, landed_at from {place}.landed_loads"
        " where table_name = ? and sha256 = ? order by landing_number desc limit 1",
        [table.name, sha256],
    ).fetchone()
    if found is None:
        return ""
    return (
        f"{label}: holds the same bytes as landing {found[0]:,} of {found[1]:%Y-%m-%d %H:%M} UTC,"
        " which was replaced since, as if an older file came back; bring the newest one"
    )


def moved_rates(
    connection: duckdb.DuckDBPyConnection, label: str, table: Table, staged: str
) -> tuple[str, str]:
    """Sentences on rates that were corrected by much, and on new ones far from the month before.

    The first moves figures that were published; the second may be what a currency did.
    """
    if table.name != "fx_rates" or "month_end" not in _columns(connection, staged):
        return "", ""
    moved = f"abs(now / was - 1) > {MOST_RATE_MOVED} or abs(was / now - 1) > {MOST_RATE_MOVED}"
    corrected = connection.execute(
        f"""
        select currency, month_end, was, now from (
            select staged.currency, staged.month_end, earlier.rate as was, staged.rate as now
            from earlier_rows as earlier join {staged} as staged
                on upper(staged.currency) = upper(earlier.currency)
                and staged.month_end is not distinct from earlier.month_end
        ) where was > 0 and now > 0 and ({moved}) order by all
        """
    ).fetchall()
    new = connection.execute(
        f"""
        select currency, month_end, was, now from (
            select
                currency, month_end, rate as now,
                lag(rate) over (partition by upper(currency) order by month_end) as was,
                exists (
                    select 1 from earlier_rows as earlier
                    where
                        upper(staged.currency) = upper(earlier.currency)
                        and staged.month_end = earlier.month_end
                ) as is_known
            from {staged} as staged where month_end is not null
        ) where not is_known and was > 0 and now > 0 and ({moved}) order by all
        """
    ).fetchall()
    return (
        _told_rates(f"{label}: ", corrected, "went from", "check that it is not inverted"),
        _told_rates("", new, "went within a month from", "check that it is not inverted."),
    )


def _told_rates(label: str, rates: Sequence[tuple], verb: str, remedy: str) -> str:
    if not rates:
        return ""
    currency, month_end, was, now = rates[0]
    which = f"{currency} of {month_end}" if month_end else f"{currency}"
    more = f" (and {len(rates) - 1:,} more rates)" if rates[1:] else ""
    return f"{label}the rate of {which} {verb} {was:f} to {now:f}{more}; {remedy}"


def leaping_lines(connection: duckdb.DuckDBPyConnection, staged: str) -> str:
    """A sentence if lines are worth 12, 100 or 1,000 times as much as before, or a part of it."""
    if not _columns(connection, staged) >= WORTH_OF_A_LINE:
        return ""
    slips = ", ".join(f"{slip}" for slip in SLIPS)
    found = connection.execute(
        f"""
        select line_id, was, now, currency from (
            select
                staged.line_id, staged.currency,
                cast(earlier.term_amount * 12 / earlier.term_months as decimal(30, 2)) as was,
                cast(staged.term_amount * 12 / staged.term_months as decimal(30, 2)) as now
            from earlier_rows as earlier join {staged} as staged
                on earlier.line_id = staged.line_id and earlier.currency = staged.currency
            where earlier.term_months > 0 and staged.term_months > 0
        )
        where
            was <> 0 and now <> 0
            and (round(now / was, 3) in ({slips}) or round(was / now, 3) in ({slips}))
        order by abs(now - was) desc, line_id
        """
    ).fetchall()
    if not found:
        return ""
    line, was, now, currency = found[0]
    count = "1 line is worth" if len(found) == 1 else f"{len(found):,} lines are worth"
    more = " (the largest)" if found[1:] else ""
    return (
        f"{count} 12, 100 or 1,000 times as much as before, or a part of it: {masked(line)},"
        f" {was:,.2f} {currency} a year, now {now:,.2f}{more}; check term_amount and term_months."
    )


def _columns(connection: duckdb.DuckDBPyConnection, staged: str) -> set[str]:
    return {name for (name, *_) in connection.execute(f"describe {staged}").fetchall()}

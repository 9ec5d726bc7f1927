"""Months of the sample company as they were closed, before later knowledge about them arrived.

    uv run python -m arr_ledger.sample_company.closings --database arr_ledger.duckdb

freezes two months of a built sample the way arr-ledger close does, after undoing what was learned
since: a backdated line, a merge, a new plan rate, a cancellation entered late and so on.
"""

import argparse
from calendar import monthrange
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import duckdb

from .files import write_csv
from .loads import load_id

FOLDER = Path(__file__).resolve().parents[2] / "seeds" / "sample_extracts" / "closings"
D = date
CENT = Decimal("0.01")
MAY, DECEMBER = D(2025, 5, 1), D(2025, 12, 1)
CLOSED_AT = {MAY: "2025-06-03 09:00:00", DECEMBER: "2026-01-06 09:00:00"}
GBP_PLAN_RATE_UNTIL_JULY_2025 = Decimal("1.25")


@dataclass(frozen=True)
class Line:
    """A subscription line as it is known; until is the first day it does not count."""

    source_system: str
    line_id: str
    subscription_id: str
    customer_id: str
    product_id: str
    currency: str
    local_arr: Decimal
    arr: Decimal
    start: date
    end: date | None
    until: date | None
    load_id: str | None

    def arr_at(self, month: date) -> Decimal:
        """ARR at the end of a month."""
        last_day = month_end(month)
        counts = self.start <= last_day and (self.until is None or self.until > last_day)
        return self.arr if counts else Decimal(0)


@dataclass
class Known:
    """The lines as they were known when a month was closed, and segments at a base month."""

    month: date
    lines: dict[str, Line]
    segments: dict[tuple[int, str], dict[str, str]]
    windows: list[int]


def month_end(month: date) -> date:
    return month.replace(day=monthrange(month.year, month.month)[1])


def earlier(month: date, months: int) -> date:
    index = month.year * 12 + month.month - 1 - months
    return date(index // 12, index % 12 + 1, 1)


def undo(month: date, lines: dict[str, Line]) -> None:
    """Takes back what was learned after the month was closed."""
    if month == MAY:
        del lines["L-0267"]
        lines["L-0194"] = replace(lines["L-0194"], until=None)
        lines["L-0271"] = replace(lines["L-0271"], customer_id="RB-075")
        for line in [line for line in lines.values() if line.currency == "GBP"]:
            arr = line.local_arr * GBP_PLAN_RATE_UNTIL_JULY_2025
            lines[line.line_id] = replace(line, arr=arr.quantize(CENT, ROUND_HALF_UP))
    else:
        for line_id, then in (
            ("L-0027", {"end": D(2026, 12, 23), "until": D(2026, 12, 23)}),
            ("L-0263", {"local_arr": Decimal("10800.00"), "arr": Decimal("10800.00")}),
        ):
            line = lines[line_id]
            first_load = load_id("subscription_lines", line.start)
            lines[line_id] = replace(line, load_id=first_load, **then)
        lines["L-9001"] = replace(
            lines["L-0128"],
            line_id="L-9001",
            subscription_id="S-9001",
            local_arr=Decimal("3600.00"),
            arr=Decimal("3600.00"),
            start=D(2025, 10, 1),
            end=None,
            until=None,
            load_id=load_id("subscription_lines", D(2025, 10, 1)),
        )


def known_at(connection: duckdb.DuckDBPyConnection, month: date) -> Known:
    """The lines of the built sample, without what was learned after the month was closed."""
    rows = connection.execute(
        """
        select source_system, line_id, subscription_id, customer_id, product_id, currency,
            arr_in_line_currency, arr, start_date, end_date, counted_until_date, load_id
        from marts.fct_arr_postings
        where sign = 1
        order by source_system, line_id
        """
    ).fetchall()
    lines = {row[1]: Line(*row) for row in rows}
    undo(month, lines)
    segments = {
        (window, customer_id): {"segment": segment, "industry": industry, "region": region}
        for window, customer_id, segment, industry, region in connection.execute(
            """
            select window_months, customer_id, segment, industry, region
            from marts.fct_customer_retention_monthly where date_month = ?
            """,
            [month],
        ).fetchall()
    }
    windows = sorted({window for window, _ in segments})
    return Known(month, lines, segments, windows)


def balances(known: Known, month: date) -> dict[str, Decimal]:
    """ARR of every customer at the end of a month."""
    found: dict[str, Decimal] = defaultdict(Decimal)
    for line in known.lines.values():
        found[line.customer_id] += line.arr_at(month)
    return {customer_id: arr for customer_id, arr in found.items() if arr}


def line_rows(known: Known) -> list[list[object]]:
    last_day = month_end(known.month)
    return [
        [
            *(known.month, line.source_system, line.line_id, line.subscription_id),
            *(line.customer_id, line.product_id, line.currency, line.local_arr, line.arr),
            *(line.start, line.end, line.until),
            line.end is not None and line.end <= last_day,
            line.load_id,
        ]
        for line in sorted(
            known.lines.values(), key=lambda each: (each.source_system, each.line_id)
        )
        if line.arr_at(known.month)
    ]


def retention_rows(known: Known) -> list[list[object]]:
    """What the rates were divided from; segments are those of the base month."""
    now = balances(known, known.month)
    sums: dict[tuple, list] = defaultdict(lambda: [Decimal(0), 0, Decimal(0), Decimal(0), 0])
    unknown = dict.fromkeys(("segment", "industry", "region"), "unknown")
    for window in known.windows:
        for customer_id, base in balances(known, earlier(known.month, window)).items():
            if base <= 0:
                continue
            left = now.get(customer_id, Decimal(0))
            values = {"all": "all", **known.segments.get((window, customer_id), unknown)}
            for cell in ((window, *item) for item in values.items()):
                total = sums[cell]
                total[0] += base
                total[1] += 1
                total[2] += left
                total[3] += max(Decimal(0), min(base, left))
                total[4] += left > 0
    return [[known.month, *cell, *sums[cell]] for cell in sorted(sums)]


def closed_tables(database: Path) -> dict[str, list[list[object]]]:
    """Table -> rows, both months."""
    tables: dict[str, list[list[object]]] = defaultdict(list)
    with duckdb.connect(str(database), read_only=True) as connection:
        for month, closed_at in CLOSED_AT.items():
            known = known_at(connection, month)
            customers = balances(known, month)
            tables["closed_lines"] += line_rows(known)
            tables["closed_customers"] += [
                [month, customer_id, arr] for customer_id, arr in sorted(customers.items())
            ]
            tables["closed_retention"] += retention_rows(known)
            tables["closed_months"].append([month, sum(customers.values()), closed_at])
    return tables


def write_closings(database: Path, folder: Path = FOLDER) -> None:
    """Replaces the rows of the seeds; their headers stay."""
    for table, rows in closed_tables(database).items():
        seed = f"sample_closings__{table}.csv"
        header = (FOLDER / seed).read_text(encoding="utf-8").splitlines()[0].split(",")
        write_csv(folder / seed, header, rows)


def main() -> None:
    """Write the closings of the sample company anew from a database in which it is built."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", type=Path, required=True)
    write_closings(parser.parse_args().database)


if __name__ == "__main__":
    main()

"""When too many rows are put aside for a landing to go on: by number, and by value.

Both are shares of the newest state of the keys: parts that overlap make neither smaller.
"""

from collections.abc import Sequence

import duckdb

from arr_ledger.landing.problems import LandingRefusedError
from arr_ledger.landing.quarantine import COUNTED, Limits
from arr_ledger.landing.stage import Staged

# the one table whose rows carry their own money
PRICED = ("custom_billing", "subscription_lines")


def refuse_too_many(
    connection: duckdb.DuckDBPyConnection, tables: Sequence[Staged], limits: Limits
) -> None:
    """LandingRefusedError lists the faults of every table that has too many."""
    sentences = {}
    for table in tables:
        sentence = _too_many_rows(table, limits) or _too_much_value(
            connection, table, tables, limits
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
        return f"No row of {_label(table)} is put aside."
    counts = table.faulty
    shares = [
        (counts.keys, counts.of_keys, "rows"),
        (counts.records, counts.of_records, "newest versions"),
    ]
    return next(
        (
            f"{faulty:,} of {rows:,} {word} of {_label(table)} are at fault, more than the"
            f" {limits.rows:.2%} that may be put aside."
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
) -> str | None:
    if (table.system.name, table.table.name) != PRICED or not table.put_aside.get("fault"):
        return None
    of_system = {each.table.name: each for each in tables if each.system.name == PRICED[0]}
    rates = of_system["fx_rates"].temp_table if "fx_rates" in of_system else None
    landed, aside = _annual_values(connection, table, rates)
    if aside <= float(limits.value) * (landed + aside):
        return None
    return (
        f"The rows of {_label(table)} that are at fault are worth {aside / (landed + aside):.2%} of"
        f" a year's recurring amounts, more than the {limits.value:.2%} that may be put aside."
    )


def _annual_values(
    connection: duckdb.DuckDBPyConnection, table: Staged, rates: str | None
) -> tuple[float, float]:
    """Recurring amounts a year of the rows that land and of those at fault, at plan rates.

    A row at fault whose amount cannot be read is worth the average of those that land.
    """
    names = {name for (name, *_) in connection.execute(f"describe {table.temp_table}").fetchall()}
    charge_type = "charge_type" if "charge_type" in names else "null"
    rate_rows = (
        f"select upper(currency) as currency, rate from {rates} where month_end is null"
        if rates
        else "select null as currency, 1 as rate where false"
    )
    return connection.execute(
        f"""
        with rates as ({rate_rows}),
        landed as (
            select abs(term_amount) * 12.0 / term_months * coalesce(rate, 1) as value
            from {table.temp_table} as line left join rates on upper(line.currency) = rates.currency
            where coalesce({charge_type}, 'recurring') = 'recurring'
        ),
        aside as (
            select
                abs(try_cast(row_as_read ->> 'term_amount' as double)) * 12
                / nullif(try_cast(row_as_read ->> 'term_months' as double), 0)
                * coalesce(rate, 1) as value
            from put_aside
            semi join {COUNTED} as counted
                on
                    put_aside.system_name = counted.system_name
                    and put_aside.table_name = counted.table_name
                    and put_aside.file_name = counted.file_name
                    and put_aside.record_line = counted.record_line
            left join rates on upper(row_as_read ->> 'currency') = rates.currency
            where
                system_name = ? and table_name = ? and kind = 'fault'
                and coalesce(row_as_read ->> 'charge_type', 'recurring')
                not in ('one_time', 'usage', 'trial', 'services')
        )
        select
            (select coalesce(sum(value), 0)::double from landed),
            (select coalesce(sum(coalesce(
                if(isfinite(value), value, null), (select avg(value) from landed), 0
            )), 0)::double from aside)
        """,
        list(PRICED),
    ).fetchone()


def _label(table: Staged) -> str:
    return f"{table.system.name}/{table.table.name}"

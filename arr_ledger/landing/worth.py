"""What the rows of a table are worth: how much money a limit on rows at fault would leave out.

Money stands on the row itself, or on the price that a Stripe item names. Amounts are compared at
plan rates where rates land with them, else as they stand. The shares are shares: nothing is summed
to the cent here.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import duckdb

from arr_ledger.landing.company import RATES, exponents
from arr_ledger.landing.quarantine import COUNTED
from arr_ledger.landing.stage import Staged
from arr_ledger.sql import quoted

YEARLY = "a year's recurring amounts"
AMOUNTS = "its amounts"
PRICES = {
    "price": ("unit_amount", "recurring_interval", "recurring_interval_count"),
    "plan": ("amount", "interval", "interval_count"),
}
PERIODS_A_YEAR = "case {0} when 'day' then 365 when 'week' then 52 when 'month' then 12 else 1 end"


def _number(column: str) -> str:
    """A number as it stands or, for the limit alone, as it was meant: signs and separators off.

    Separators of thousands stand in large amounts only; an average in their place would be too low.
    """
    digits = f"regexp_replace({{{column}}}, '[^0-9.,]', '', 'g')"
    cents = r"'^(.*)[.,](\d\d?)$'"
    plain = (
        f"case when regexp_matches({digits}, {cents})"
        f" then regexp_replace(regexp_extract({digits}, {cents}, 1), '[.,]', '', 'g')"
        f" || '.' || regexp_extract({digits}, {cents}, 2)"
        f" else regexp_replace({digits}, '[.,]', '', 'g') end"
    )
    return f"coalesce(try_cast({{{column}}} as double), try_cast({plain} as double))"


@dataclass(frozen=True)
class Money:
    """How to read the worth of a row: its columns stand in braces, as texts."""

    amount: str
    currency: str = "null"
    counts: str = "true"
    words: str = AMOUNTS
    is_minor: bool = False
    until: str = "null"  # a row that was over a year ago counts no more: history dilutes nothing


MONEY = {
    ("custom_billing", "subscription_lines"): Money(
        # a term that cannot be read is taken for a year, so that a large amount stays large
        _number("term_amount")
        + " * coalesce(12 / nullif(try_cast({term_months} as double), 0), 1)",
        "{currency}",
        "coalesce({charge_type}, 'recurring') not in ('one_time', 'usage', 'trial', 'services')",
        YEARLY,
        until="{end_date}",
    ),
    ("stripe", "subscription_item"): Money(
        "coalesce(try_cast({quantity} as double), 1) * prices.yearly",
        "prices.currency",
        words=YEARLY,
        is_minor=True,
    ),
    ("stripe", "invoice_line_item"): Money(
        _number("amount"), "{currency}", is_minor=True, until="{period_end}"
    ),
    ("salesforce", "opportunity"): Money(
        _number("amount"), "{currency_iso_code}", until="{close_date}"
    ),
    ("salesforce", "opportunity_line_item"): Money(_number("total_price")),
}


def share_at_fault(
    connection: duckdb.DuckDBPyConnection, table: Staged, tables: Sequence[Staged], day: date
) -> tuple[float, str] | None:
    """The share of the money of a table that its faulty rows carry, and what it is a share of.

    None: its rows carry no money. A row whose amount has no digits is worth the average of those
    that land.
    """
    money = MONEY.get((table.system.name, table.table.name))
    if money is None:
        return None
    names = {name for (name, *_) in connection.execute(f"describe {table.temp_table}").fetchall()}

    def landed(column: str) -> str:
        return f"cast(read.{quoted(column)} as varchar)" if column in names else "null"

    def aside(column: str) -> str:
        return f"(read.row_as_read ->> '{column}')"

    values = [_values(money, of, tables, day) for of in (landed, aside)]
    lands, faulty = connection.execute(
        f"""
        with faults as (
            select put_aside.* from put_aside semi join {COUNTED} as counted on {_is_counted()}
            where system_name = ? and table_name = ? and kind = 'fault'
        ),
        landed as (select {values[0][0]} from {table.temp_table} as read {values[0][1]}),
        aside as (select {values[1][0]} from faults as read {values[1][1]})
        select
            (select coalesce(sum(value), 0)::double from landed),
            (select coalesce(sum(coalesce(
                if(isfinite(value), value, null), (select avg(value) from landed where value > 0), 0
            )), 0)::double from aside)
        """,
        [table.system.name, table.table.name],
    ).fetchone()
    whole = lands + faulty
    return (faulty / whole if whole else 0.0), money.words


def _values(
    money: Money, of: Callable[[str], str], tables: Sequence[Staged], day: date
) -> tuple[str, str]:
    """What is selected of a row called read, and the joins that it needs."""

    def read(text: str) -> str:
        return re.sub(r"{(\w+)}", lambda found: of(found[1]), text)

    currency = f"upper({read(money.currency)})"
    joins = f"left join ({_rates(tables)}) as rates on {currency} = rates.currency"
    if "prices." in money.amount:
        named = f"coalesce({of('price_id')}, {of('plan_id')})"
        joins = f"left join ({_prices(tables)}) as prices on {named} = prices.id {joins}"
    units = ""
    if money.is_minor:
        odd = " ".join(f"when '{name}' then {10**n}" for name, n in exponents().items())
        units = f" / case {currency} {odd} else 100 end"
    value = f"abs({read(money.amount)}){units} * coalesce(rates.rate, 1)"
    until = f"coalesce(try_cast({read(money.until)} as timestamp), timestamp '9999-12-31')"
    is_recent = f"{until} > timestamp '{day}' - interval 1 year"
    return f"if({read(money.counts)} and {is_recent}, {value}, 0) as value", joins


def _rates(tables: Sequence[Staged]) -> str:
    name = next((t.temp_table for t in tables if _name(t) == RATES), None)
    if name is None:
        return "select null as currency, 1 as rate where false"
    return f"select upper(currency) as currency, rate from {name} where month_end is null"


def _prices(tables: Sequence[Staged]) -> str:
    """What a unit of each price comes to in a year; a plan speaks where its price did not land."""
    found = []
    for place, (name, columns) in enumerate(PRICES.items()):
        staged = next((t for t in tables if _name(t) == f"stripe.{name}"), None)
        if staged is None:
            continue
        amount, interval, count = map(quoted, columns)
        found.append(
            f"select id, currency, {place} as place, abs({amount})"
            f" * {PERIODS_A_YEAR.format(interval)} / coalesce(nullif({count}, 0), 1) as yearly"
            f" from {staged.temp_table}"
        )
    if not found:
        return "select null as id, null as currency, null as yearly where false"
    union = " union all ".join(found)
    return (
        f"select id, min_by(currency, place) as currency, min_by(yearly, place) as yearly"
        f" from ({union}) group by id"
    )


def _name(table: Staged) -> str:
    return f"{table.system.name}.{table.table.name}"


def _is_counted() -> str:
    columns = ("system_name", "table_name", "file_name", "record_line")
    return " and ".join(f"put_aside.{name} = counted.{name}" for name in columns)

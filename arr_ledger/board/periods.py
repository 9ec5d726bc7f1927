"""The bridge between the two ends of a quarter, a year or the last twelve months.

A customer has one movement between the ends, whatever happened in between: who left and came back
did not move. The segment is that at each end; ARR of a customer who changed it is a transfer.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from arr_ledger.board.read import Marts, cents
from arr_ledger.problems import RefusedError

NEVER = "(0, date '0001-01-01', date '0001-01-01')"


def periods(months: list[str], start: Any) -> list[dict[str, str]]:
    """Every period of published months, longest first; quarters and years are whole.

    ``start`` is the first month of the fiscal year; with it a year is called by its last month.
    """
    if start not in range(1, 13):
        raise RefusedError(f"fiscal_year_start_month is a month from 1 to 12, not {start!r}.")
    last = "last 12 months" if len(months) > 12 else "all months"
    found = [_period("last12", last, "trailing", months[-12:])] if len(months) > 1 else []
    for kind, size in (("year", 12), ("quarter", 3)):
        groups: dict[str, list[str]] = {}
        for month in months:
            year, number = int(month[:4]), int(month[5:7])
            year += start > 1 and number >= start
            quarter = f"-Q{(number - start) % 12 // 3 + 1}" if kind == "quarter" else ""
            groups.setdefault(f"{year}{quarter}", []).append(month)
        prefix = "FY" if start > 1 else ""
        found += [
            _period(key, prefix + key.replace("-", " "), kind, members)
            for key, members in reversed(groups.items())
            if len(members) == size
        ]
    return found + [
        _period(month, f"{date.fromisoformat(month):%B %Y}", "month", [month])
        for month in reversed(months)
    ]


def _period(key: str, name: str, kind: str, months: list[str]) -> dict[str, str]:
    return {"key": key, "name": name, "kind": kind, "from": months[0], "to": months[-1]}


def between_ends(marts: Marts, header: dict[str, Any], numbers: dict[str, int]) -> dict[str, Any]:
    """The bridge of every period that is longer than a month, by set of segments, and the drivers.

    ``numbers`` are those of the customers whose rows are shown; without them there are sums only.
    A period is its place in ``header``, a movement its place in the order of movements.
    """
    longer = [
        f"({number}, date '{period['from']}', date '{period['to']}')"
        for number, period in enumerate(header["periods"])
        if period["kind"] != "month"
    ] or [NEVER]
    marts.rows(ENDS.format(periods=", ".join(longer), **_segments(marts)))
    at = {name: number for number, name in enumerate(header["movements"])}
    sums = marts.rows(
        "select period, segments, movement_type, sum(arr_change)"
        " from movements_between_ends group by all order by all"
    )
    # where no customer is listed there would be millions
    columns = "period, customer_id, segments, movement_type, arr_change, beginning_arr, ending_arr"
    of_customers = (
        marts.rows(f"select {columns} from movements_between_ends order by all") if numbers else []
    )
    return {
        "sums": [
            [period, marts.set_number(segments), at[kind], cents(change)]
            for period, segments, kind, change in sums
        ],
        "customers": [
            [period, numbers[customer], marts.set_number(segments), at[kind], *map(cents, amounts)]
            for period, customer, segments, kind, *amounts in of_customers
            if customer in numbers
        ],
        "drivers": _drivers(marts, header),
    }


def _drivers(marts: Marts, header: dict[str, Any]) -> dict[str, list] | None:
    """Why existing customers grew and shrank, by month and between the ends of each period."""
    if not marts.marts().issuperset({"fct_arr_movement_drivers", "dim_segment_sets"}):
        return None
    at = {month: number for number, month in enumerate(header["months"])}
    segments = ", ".join(f'sets."{name}"' for name in marts.segment_columns)
    monthly = marts.rows(
        f"""
        select date_month, list_value({segments}), movement_type, driver, sum(arr_change),
            count(distinct customer_id)
        from marts.fct_arr_movement_drivers as drivers
        inner join marts.dim_segment_sets as sets
            on drivers.segment_set_key = sets.segment_set_key
        where movement_type in ('expansion', 'contraction')
        group by all order by all
        """
    )
    ends = marts.rows(
        """
        select period, segments, moved.movement_type,
            case
                when driver in ('new', 'churn', 'reactivation') then 'left_and_came_back'
                else driver
            end as driver,
            sum(drivers.arr_change), count(distinct moved.customer_id)
        from movements_between_ends as moved
        inner join marts.fct_arr_movement_drivers as drivers
            on moved.customer_id = drivers.customer_id
            and drivers.date_month between moved.from_month and moved.to_month
        where moved.movement_type in ('expansion', 'contraction')
            and driver not in ('fx', 'transfer', 'opening_balance')
        group by all having sum(drivers.arr_change) <> 0 order by all
        """
    )
    return {
        name: [
            [place, marts.set_number(segments), kind, driver, cents(change), number]
            for place, segments, kind, driver, change, number in rows
        ]
        for name, rows in (
            ("months", [(at[month.isoformat()], *rest) for month, *rest in monthly]),
            ("ends", ends),
        )
    }


def _segments(marts: Marts) -> dict[str, str]:
    """The segments of a customer in a month, as far as its movements say, and as they stay."""
    window = "partition by customer_id order by date_month"
    return {
        "entered": "".join(
            f", coalesce(max(case when segment_type = '{name}' and not is_between_segments"
            f" then segment_value end), max(case when segment_type = '{name}' and arr_change > 0"
            f' then segment_value end)) as "{name}"'
            for name in marts.segment_columns
        ),
        "filled": ", ".join(
            f"coalesce(last_value(\"{name}\" ignore nulls) over ({window}), 'unknown')"
            for name in marts.segment_columns
        ),
    }


# one row per period, customer, movement and set of segments; the cases are those of the ledger
ENDS = """
create or replace temp table movements_between_ends as
with periods as (

    select * from (values {periods}) as listed (period, from_month, to_month)

),

-- the segments a customer is in after each month in which something moved
entered as (

    select customer_id, date_month{entered}
    from marts.fct_arr_bridge_movements
    group by customer_id, date_month

),

filled as (

    select
        customer_id,
        date_month,
        cast(list_value({filled}) as varchar[]) as segments
    from entered

),

moved as (

    select
        customer_id,
        date_month,
        sum(arr_change) as arr_change,
        sum(case when movement_type = 'fx' then arr_change else 0 end) as fx,
        sum(case when movement_type = 'transfer' then arr_change else 0 end) as transfer,
        sum(case when movement_type = 'opening_balance' then arr_change else 0 end)
            as opening_balance,
        bool_or(movement_type = 'new') as is_new
    from marts.fct_arr_movements
    group by customer_id, date_month

),

months as (

    select
        entered.customer_id,
        entered.date_month,
        coalesce(moved.arr_change, 0) as arr_change,
        coalesce(moved.fx, 0) as fx,
        coalesce(moved.transfer, 0) as transfer,
        coalesce(moved.opening_balance, 0) as opening_balance,
        coalesce(moved.is_new, false) as is_new,
        entered.segments
    from filled as entered
    left join moved
        on entered.customer_id = moved.customer_id and entered.date_month = moved.date_month

),

balances as (

    select
        *,
        sum(arr_change) over (partition by customer_id order by date_month) as ending_arr,
        coalesce(
            lag(segments) over (partition by customer_id order by date_month), segments
        ) as left_segments
    from months

),

ends as (

    select
        periods.period,
        periods.from_month,
        periods.to_month,
        customer_id,
        arg_min(ending_arr - arr_change, date_month) as beginning_arr,
        arg_max(ending_arr, date_month) as ending_arr,
        arg_min(left_segments, date_month) as left_segments,
        arg_max(segments, date_month) as segments,
        sum(fx) as fx,
        sum(transfer) as transfer,
        sum(opening_balance) as opening_balance,
        bool_or(is_new) as is_new
    from balances
    inner join periods
        on balances.date_month between periods.from_month and periods.to_month
    group by periods.period, periods.from_month, periods.to_month, customer_id

),

-- exchange rates move what is there at both ends; of who came or left they are part of that
rated as (

    select
        *,
        case
            when beginning_arr + opening_balance + transfer > 0 and ending_arr > 0 then fx else 0
        end as fx_change
    from ends

),

rests as (

    select
        *,
        beginning_arr + opening_balance + transfer + fx_change as level_before
    from rated

),

movements as (

    select
        *,
        case
            when level_before <= 0 and ending_arr > 0 and is_new then 'new'
            when level_before <= 0 and ending_arr > 0 then 'reactivation'
            when level_before > 0 and ending_arr <= 0 then 'churn'
            when ending_arr > level_before then 'expansion'
            else 'contraction'
        end as movement_type,
        ending_arr - level_before as arr_change
    from rests

    union all

    select *, 'opening_balance' as movement_type, opening_balance as arr_change from rests

    union all

    select *, 'transfer' as movement_type, transfer as arr_change from rests

    union all

    select *, 'fx' as movement_type, fx_change as arr_change from rests

)

select period, from_month, to_month, customer_id, movement_type, arr_change, beginning_arr,
    ending_arr, segments
from movements where arr_change <> 0

union all

select period, from_month, to_month, customer_id, 'transfer' as movement_type,
    beginning_arr as arr_change, beginning_arr, ending_arr, segments
from rests where beginning_arr <> 0 and segments <> left_segments

union all

select period, from_month, to_month, customer_id, 'transfer' as movement_type,
    -beginning_arr as arr_change, beginning_arr, ending_arr, left_segments
from rests where beginning_arr <> 0 and segments <> left_segments
"""

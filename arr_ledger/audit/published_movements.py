"""The bridge, the movements of customers and what drove them, as a reader states them."""

from __future__ import annotations

from arr_ledger.audit.statements import (
    Table,
    between,
    cents,
    filled,
    has_rows,
    one_of,
    one_row_per,
    reaches,
    zero,
)

MOVEMENT_TYPES = (
    *("opening_balance", "new", "reactivation", "expansion"),
    *("contraction", "churn", "fx", "transfer"),
)
SEGMENT = ("segment_type", "segment_value")


def bridge() -> Table:
    """A row per month and segment; money in cents."""
    keys = ("date_month", *SEGMENT)
    movements = " + ".join(f"{name}_arr" for name in MOVEMENT_TYPES)
    before = "over (partition by segment_type, segment_value order by date_month)"
    last_complete = (
        "(select date_trunc('month', as_of_date + 1) - interval 1 month from marts._release)"
    )
    all_of_month = (
        "max(case when segment_type = 'all' then ending_arr end) over (partition by date_month)"
    )
    of_kind = "sum(ending_arr) over (partition by date_month, segment_type)"
    return Table(
        "marts.rpt_arr_bridge_monthly",
        keys,
        (
            has_rows(),
            one_row_per(*keys),
            *(filled(key) for key in keys),
            zero(
                "ending_arr",
                "cents left over",
                cents(f"beginning_arr + {movements} - ending_arr"),
                "Beginning ARR and the movements of the month give ending ARR, to the cent.",
            ),
            zero(
                "beginning_arr",
                "cents between months",
                cents(f"beginning_arr - coalesce(lag(ending_arr) {before}, 0)"),
                "A month begins with the ending ARR of the month before; the first begins with 0.",
            ),
            zero(
                "date_month",
                "months skipped",
                f"coalesce(date_diff('month', lag(date_month) {before}, date_month), 1) - 1",
                "No month is missing between the first and the newest.",
            ),
            reaches(
                "date_month",
                0,
                "months after the last complete one",
                f"date_diff('month', {last_complete}, date_month)",
                "The newest month is the last one that was complete on _release.as_of_date.",
            ),
            zero(
                "segment_value",
                "cents missing from segments",
                cents(f"{all_of_month} - {of_kind}"),
                "The values of every segment sum to the ending ARR of all.",
            ),
            between("new_arr", "New ARR is not a loss.", 0, None, "new", cents("new_arr")),
            between("churn_arr", "Churn is not a gain.", None, 0, "churn", cents("churn_arr")),
        ),
    )


def movements() -> Table:
    """A row per customer, month and movement type."""
    keys = ("customer_id", "date_month", "movement_type")
    return Table(
        "marts.fct_arr_movements",
        keys,
        (
            has_rows(),
            one_row_per(*keys),
            *(filled(key) for key in keys),
            one_of("movement_type", MOVEMENT_TYPES, "The movement is one of the eight documented."),
            zero(
                "arr_change",
                "cents with the wrong sign",
                """case when movement_type in ('new', 'reactivation', 'expansion')
                    then least(sign(arr_change), 0)
                    when movement_type in ('contraction', 'churn')
                    then greatest(sign(arr_change), 0) else 0 end""",
                "Gains are above zero and losses below.",
            ),
        ),
    )


def movements_of_a_month() -> Table:
    """A row per month and movement type, with both sides of the comparison."""
    types = ", ".join(f"{name}_arr as {name}" for name in MOVEMENT_TYPES)
    names = ", ".join(MOVEMENT_TYPES)
    source = f"""(
        select bridge.date_month, bridge.movement_type, bridge.arr, movements.arr as moved
        from (
            unpivot (
                select date_month, {types} from marts.rpt_arr_bridge_monthly
                where segment_type = 'all'
            ) on {names} into name movement_type value arr
        ) as bridge
        full join (
            select date_month, movement_type, sum(arr_change) as arr
            from marts.fct_arr_movements group by all
        ) as movements
            on bridge.date_month = movements.date_month
            and bridge.movement_type = movements.movement_type
    )"""
    return Table(
        "movements against the bridge",
        ("date_month", "movement_type"),
        (
            has_rows(),
            zero(
                "arr_change",
                "cents apart",
                cents("coalesce(arr, 0) - coalesce(moved, 0)"),
                "The movements of customers in a month sum to the bridge, type by type.",
            ),
        ),
        source,
    )


def drivers_of_a_month() -> Table:
    """A row per customer, product, month and driver."""
    keys = ("customer_id", "product_id", "date_month", "driver")
    moved = "(select coalesce(sum(arr_change), 0) from marts.fct_arr_movements)"
    # a month may have drivers that cancel and no movement
    month = """coalesce((select sum(m.arr_change) from marts.fct_arr_movements as m
        where m.date_month = audited.date_month), 0)"""
    total = "sum(arr_change) over (partition by date_month)"
    return Table(
        "marts.fct_arr_movement_drivers",
        keys,
        (
            one_row_per(*keys),
            *(filled(key) for key in keys),
            zero(
                "arr_change",
                "cents of the month apart",
                cents(f"{total} - {month}"),
                "The drivers of a month sum to its movements.",
            ),
            zero(
                "arr_change",
                "cents of all months apart",
                cents(f"sum(arr_change) over () - {moved}"),
                "The drivers of all months sum to all movements.",
            ),
        ),
    )

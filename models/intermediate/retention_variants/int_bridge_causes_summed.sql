-- Grain: one row per segment, cause and month in which the sum of the cause moves: what has to be
-- added to a bridge of twelve months to get the ARR that NDR counts.
-- long because a correction has a place it leaves and a place it goes to.
with matched as (

    select * from {{ ref('int_bridge_movements_matched') }}

),

states as (

    select * from {{ ref('int_base_states_spanned') }}
    where arr < 0

),

segments as (

    select * from {{ ref('int_segment_set_values') }}
    where not is_book

),

-- out of the segment in which the bridge counts it, into the segment of the base month
corrections as (

    select
        segment_set_key,
        cause,
        from_month_index,
        until_month_index,
        -arr_change as arr
    from matched
    where is_in_bridge

    union all

    select
        base_segment_set_key as segment_set_key,
        cause,
        from_month_index,
        until_month_index,
        arr_change as arr
    from matched
    where customer_state = 'base'

    union all

    select
        segment_set_key,
        'balances_below_zero' as cause,
        from_month_index + 12 as from_month_index,
        until_month_index + 12 as until_month_index,
        -arr as arr
    from states

),

-- a correction begins in its first month and ends in the first month it no longer holds
sides as (
    {{- sides_listed() }}

),

moved as (

    select
        corrections.segment_set_key,
        corrections.cause,
        {{ begun_or_ended('corrections.from_month_index', 'corrections.until_month_index') }}
            as month_index,
        sides.sign * corrections.arr as arr_change
    from corrections
    cross join sides

),

final as (

    select
        segments.segment_type,
        segments.segment_value,
        moved.cause,
        moved.month_index,
        cast(sum(moved.arr_change) as {{ type_money() }}) as arr_change
    from moved
    inner join segments
        on moved.segment_set_key = segments.segment_set_key
    where moved.month_index <= {{ last_published_month_index() }}
    group by
        segments.segment_type,
        segments.segment_value,
        moved.cause,
        moved.month_index
    having sum(moved.arr_change) <> 0

)

select * from final

-- Grain: one row per base and later span of its account above zero, where ARR fell below both in
-- between: the lowest it fell to.
with bases as (

    select * from {{ ref('int_base_spans_segmented') }}

),

spans as (

    select * from {{ ref(spans_at_one_rate()) }}

),

-- the lowest point between two spans that both lie higher is a low point of its own
low_points as (

    select
        account_key,
        rate_from_month_index,
        from_month_index,
        arr
    from spans
    where
        arr <= opening_arr
        and arr < next_arr

),

final as (

    select
        bases.account_key,
        bases.is_customer,
        bases.is_parent,
        bases.segment_set_key,
        bases.rate_from_month_index,
        bases.rate_until_month_index,
        bases.from_month_index,
        bases.until_month_index,
        later.from_month_index as now_from_month_index,
        {{ or_open('later.until_month_index') }} as now_until_month_index,
        bases.arr as base_arr,
        later.arr as net_arr,
        min(low_points.arr) as lowest_arr
    from bases
    inner join low_points
        on
            bases.account_key = low_points.account_key
            and bases.rate_from_month_index = low_points.rate_from_month_index
            and bases.span_from_month_index < low_points.from_month_index
            and bases.until_month_index + {{ longest_window() }} > low_points.from_month_index
            and bases.arr > low_points.arr
    inner join spans as later
        on
            low_points.account_key = later.account_key
            and low_points.rate_from_month_index = later.rate_from_month_index
            and low_points.from_month_index < later.from_month_index
            and low_points.arr < later.arr
            and bases.until_month_index + {{ longest_window() }} > later.from_month_index
    where {{ is_active('later.arr') }}
    group by
        bases.account_key,
        bases.is_customer,
        bases.is_parent,
        bases.segment_set_key,
        bases.rate_from_month_index,
        bases.rate_until_month_index,
        bases.from_month_index,
        bases.until_month_index,
        later.from_month_index,
        {{ or_open('later.until_month_index') }},
        bases.arr,
        later.arr

)

select * from final

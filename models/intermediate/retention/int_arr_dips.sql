-- Grain: one row per span of an account above zero and later span of it above zero, where ARR fell
-- below both in between: the lowest it fell to.
with spans as (

    select
        account_key,
        rate_from_month_index,
        from_month_index,
        {{ or_open('until_month_index') }} as until_month_index,
        opening_arr,
        arr,
        next_arr
    from {{ ref(spans_at_one_rate()) }}

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
        bases.rate_from_month_index,
        bases.from_month_index as span_from_month_index,
        later.from_month_index as now_from_month_index,
        later.until_month_index as now_until_month_index,
        later.arr as net_arr,
        min(low_points.arr) as lowest_arr
    from spans as bases
    inner join low_points
        on
            bases.account_key = low_points.account_key
            and bases.rate_from_month_index = low_points.rate_from_month_index
            and bases.from_month_index < low_points.from_month_index
            and bases.until_month_index + {{ longest_window() }} > low_points.from_month_index
            and bases.arr > low_points.arr
    inner join spans as later
        on
            low_points.account_key = later.account_key
            and low_points.rate_from_month_index = later.rate_from_month_index
            and low_points.from_month_index < later.from_month_index
            and low_points.arr < later.arr
            and bases.until_month_index + {{ longest_window() }} > later.from_month_index
    where
        {{ is_active('bases.arr') }}
        and {{ is_active('later.arr') }}
    group by
        bases.account_key,
        bases.rate_from_month_index,
        bases.from_month_index,
        later.from_month_index,
        later.until_month_index,
        later.arr

)

select * from final

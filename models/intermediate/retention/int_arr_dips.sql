-- Grain: one row per span of an account above zero and later span of it above zero, where ARR fell
-- below both in between: the lowest it fell to.
-- spans are named where they are read: what is read twice under one name is kept in memory
with bases as (

    select
        account_key,
        rate_from_month_index,
        from_month_index,
        {{ or_open('until_month_index') }} + {{ longest_window() }} as seen_until_month_index,
        arr
    from {{ ref(spans_at_one_rate()) }}
    where {{ is_active('arr') }}

),

-- the lowest point between two spans that both lie higher is a low point of its own
low_points as (

    select
        account_key,
        rate_from_month_index,
        from_month_index,
        arr
    from {{ ref(spans_at_one_rate()) }}
    where
        arr <= opening_arr
        and arr < next_arr

),

fallen as (

    select
        bases.account_key,
        bases.rate_from_month_index,
        bases.from_month_index as span_from_month_index,
        bases.seen_until_month_index,
        low_points.from_month_index as low_from_month_index,
        low_points.arr as low_arr
    from bases
    inner join low_points
        on
            bases.account_key = low_points.account_key
            and bases.rate_from_month_index = low_points.rate_from_month_index
            and bases.from_month_index < low_points.from_month_index
            and bases.seen_until_month_index > low_points.from_month_index
            and bases.arr > low_points.arr

),

final as (

    select
        fallen.account_key,
        fallen.rate_from_month_index,
        fallen.span_from_month_index,
        later.from_month_index as now_from_month_index,
        {{ or_open('later.until_month_index') }} as now_until_month_index,
        later.arr as net_arr,
        min(fallen.low_arr) as lowest_arr
    from fallen
    -- left, so that low points are met before later spans: the other way round there are ten times
    -- as many pairs
    left join {{ ref(spans_at_one_rate()) }} as later
        on
            fallen.account_key = later.account_key
            and fallen.rate_from_month_index = later.rate_from_month_index
            and fallen.low_from_month_index < later.from_month_index
            and fallen.low_arr < later.arr
            and fallen.seen_until_month_index > later.from_month_index
    where case when later.account_key is null then false else {{ is_active('later.arr') }} end
    group by
        fallen.account_key,
        fallen.rate_from_month_index,
        fallen.span_from_month_index,
        later.from_month_index,
        later.until_month_index,
        later.arr

)

select * from final

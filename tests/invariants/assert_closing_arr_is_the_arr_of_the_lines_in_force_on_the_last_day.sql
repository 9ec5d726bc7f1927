-- Closing ARR of every customer and month is the ARR of the lines in force on its last day: start
-- <= last day < end, on the account of their customer then. Under
-- month-end rates it is valued at the rate landed for that day. Where both begin and end with the
-- same amounts in every month, they hold the same in every month.
with sides as (
    {{- sides_listed() }}

),

in_force as (
    {{- lines_in_force([]) }}

),

published as (

    select
        accounts.account_key as customer_key,
        {{ month_index('spans.from_month') }} as from_month_index,
        {{ month_index('spans.until_month') }} as until_month_index,
        spans.arr
    from {{ ref('fct_customer_arr_spans') }} as spans
    left join {{ ref('int_account_keys') }} as accounts
        on
            spans.customer_id = accounts.account_id
            and accounts.is_customer

),

-- one sum of both: two sums and a join of them would cost twice as much
both_sources as (

    select
        customer_key,
        from_month_index,
        until_month_index,
        arr as recomputed_arr,
        0 as published_arr
    from in_force
    where from_month_index < until_month_index

    union all

    select
        customer_key,
        from_month_index,
        until_month_index,
        0 as recomputed_arr,
        arr as published_arr
    from published

),

compared as (

    select
        both_sources.customer_key,
        {{ begun_or_ended('both_sources.from_month_index', 'both_sources.until_month_index') }}
            as month_index,
        sides.sign * both_sources.recomputed_arr as recomputed_arr,
        sides.sign * both_sources.published_arr as published_arr
    from both_sources
    cross join sides

),

different as (

    select
        customer_key,
        month_index,
        sum(recomputed_arr) as recomputed_change,
        sum(published_arr) as published_change
    from compared
    where month_index <= {{ last_published_month_index() }}
    group by customer_key, month_index
    having sum(recomputed_arr) <> sum(published_arr)

)

select
    accounts.account_id as customer_id,
    months.date_month,
    different.recomputed_change,
    different.published_change
from different
left join {{ ref('int_account_keys') }} as accounts
    on different.customer_key = accounts.account_key
left join {{ ref('int_calendar_months') }} as months
    on different.month_index = months.month_index

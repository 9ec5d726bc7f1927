-- The spans of every customer, product and currency hold the ARR of the lines in force on the last
-- day of each month, on the account of their customer then. Under
-- month-end rates it is valued at the rate landed for that day. Where both begin and end with the
-- same amounts in every month, they hold the same in every month.
with sides as (
    {{- sides_listed() }}

),

in_force as (
    {{- lines_in_force(['product_id', 'currency']) }}

),

spans as (

    select
        accounts.account_key as customer_key,
        spans.product_id,
        spans.currency,
        spans.from_month_index,
        spans.until_month_index,
        spans.arr
    from {{ ref('int_arr_spans') }} as spans
    left join {{ ref('int_account_keys') }} as accounts
        on
            spans.customer_id = accounts.account_id
            and accounts.is_customer

),

-- one sum of both: two sums and a join of them would cost twice as much
both_sources as (

    select
        customer_key,
        product_id,
        currency,
        from_month_index,
        until_month_index,
        arr as recomputed_arr,
        0 as span_arr
    from in_force
    where from_month_index < until_month_index

    union all

    select
        customer_key,
        product_id,
        currency,
        from_month_index,
        until_month_index,
        0 as recomputed_arr,
        arr as span_arr
    from spans

),

compared as (

    select
        both_sources.customer_key,
        both_sources.product_id,
        both_sources.currency,
        {{ begun_or_ended('both_sources.from_month_index', 'both_sources.until_month_index') }}
            as month_index,
        sides.sign * both_sources.recomputed_arr as recomputed_arr,
        sides.sign * both_sources.span_arr as span_arr
    from both_sources
    cross join sides

),

different as (

    select
        customer_key,
        product_id,
        currency,
        month_index,
        sum(recomputed_arr) as recomputed_change,
        sum(span_arr) as span_change
    from compared
    where month_index <= {{ last_published_month_index() }}
    group by customer_key, product_id, currency, month_index
    having sum(recomputed_arr) <> sum(span_arr)

)

select
    accounts.account_id as customer_id,
    different.product_id,
    different.currency,
    months.date_month,
    different.recomputed_change,
    different.span_change
from different
left join {{ ref('int_account_keys') }} as accounts
    on different.customer_key = accounts.account_key
left join {{ ref('int_calendar_months') }} as months
    on different.month_index = months.month_index

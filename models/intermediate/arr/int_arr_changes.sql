-- Grain: one row per customer, product, currency and month in which the ARR at month end moves.
with lines as (

    select * from {{ ref('int_subscription_lines_counted') }}

),

boundaries as (

    select
        customer_id,
        product_id,
        product_family,
        currency,
        from_month_index as month_index,
        arr as arr_change
    from lines

    union all

    select
        customer_id,
        product_id,
        product_family,
        currency,
        until_month_index as month_index,
        -arr as arr_change
    from lines
    where until_month_index <= {{ last_published_month_index() }}

),

final as (

    select
        customer_id,
        product_id,
        product_family,
        currency,
        month_index,
        cast(sum(arr_change) as {{ type_money() }}) as arr_change
    from boundaries
    group by customer_id, product_id, product_family, currency, month_index
    having sum(arr_change) <> 0

)

select * from final

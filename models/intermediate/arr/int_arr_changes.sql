-- Grain: one row per customer, product, currency and month in which the ARR at month end moves.
with lines as (

    select * from {{ ref('int_subscription_lines_counted') }}

),

-- a line adds its ARR in its first month and takes it away in the first month it no longer counts
sides as (

    select 1 as sign

    union all

    select -1 as sign

),

boundaries as (

    select
        lines.customer_id,
        lines.product_id,
        lines.product_family,
        lines.currency,
        case
            when sides.sign = 1 then lines.from_month_index
            else lines.until_month_index
        end as month_index,
        sides.sign * lines.arr as arr_change
    from lines
    cross join sides

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
    where month_index <= {{ last_published_month_index() }}
    group by customer_id, product_id, product_family, currency, month_index
    having sum(arr_change) <> 0

)

select * from final

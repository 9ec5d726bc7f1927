-- Grain: one row per customer, product, currency and span of months with one ARR.
with changes as (

    select * from {{ ref('int_arr_changes') }}

),

final as (

    select
        customer_id,
        product_id,
        product_family,
        currency,
        month_index as from_month_index,
        lead(month_index) over (
            partition by customer_id, product_id, currency order by month_index
        ) as until_month_index,
        cast(sum(arr_change) over (
            partition by customer_id, product_id, currency order by month_index
            rows between unbounded preceding and current row
        ) as {{ type_money() }}) as arr,
        arr_change
    from changes

)

select * from final

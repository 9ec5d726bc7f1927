-- Grain: one row per customer, product, currency and month in which the ARR at month end moves.
with postings as (

    select * from {{ ref('int_arr_postings') }}

),

summed as (

    select
        customer_key,
        product_key,
        currency_key,
        month_index,
        cast(sum(arr_change) as {{ type_money() }}) as arr_change,
        {{ posted_by('fx') }} as fx_change,
        {{ posted_by('transfer') }} as transfer_change
    from postings
    group by customer_key, product_key, currency_key, month_index

),

final as (

    select * from summed
    where
        arr_change <> 0
        or fx_change <> 0
        or transfer_change <> 0

)

select * from final

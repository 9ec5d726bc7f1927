-- Grain: one row per customer, product, currency and month in which the ARR at month end moves.
with postings as (

    select * from {{ ref('int_arr_postings') }}

),

final as (

    select
        customer_id,
        product_id,
        product_family,
        currency,
        month_index,
        cast(sum(arr_change) as {{ type_money() }}) as arr_change,
        {{ posted_by('fx') }} as fx_change,
        {{ posted_by('transfer') }} as transfer_change
    from postings
    group by customer_id, product_id, product_family, currency, month_index
    having
        sum(arr_change) <> 0
        or {{ posted_by('fx') }} <> 0
        or {{ posted_by('transfer') }} <> 0

)

select * from final

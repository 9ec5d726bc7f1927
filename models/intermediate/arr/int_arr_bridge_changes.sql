-- Grain: one row per month, set of segments and owners, and movement type: what moved its ARR and
-- its number of customers.
with movements as (

    select * from {{ ref('int_arr_movements_segmented') }}

),

final as (

    select
        month_index,
        segment_set_key,
        movement_type,
        cast(sum(arr_change) as {{ type_money() }}) as arr_change,
        cast(sum(customers_change) as bigint) as customers_change,
        cast(count(distinct customer_key) as bigint) as customers
    from movements
    group by month_index, segment_set_key, movement_type

)

select * from final

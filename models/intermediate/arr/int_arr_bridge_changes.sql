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
        -- a customer has one movement of a type in a month, but may be handed over twice
        cast(
            count(case when movement_type <> 'transfer' then customer_key end)
            + count(distinct case when movement_type = 'transfer' then customer_key end) as bigint
        ) as customers
    from movements
    group by month_index, segment_set_key, movement_type

)

select * from final

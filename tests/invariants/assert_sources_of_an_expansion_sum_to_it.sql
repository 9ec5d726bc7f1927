-- The parts of an expansion by source sum to it, customer by customer and month by month, and their
-- cross-sell to the drivers; every expansion has parts, and no part is below zero.
with parts as (

    select
        customer_id,
        date_month,
        sum(expansion_arr) as expansion_arr,
        sum(cross_sell_arr) as cross_sell_arr,
        sum(upsell_arr) as upsell_arr,
        min(expansion_arr) as smallest_arr,
        count(*) - count(distinct coalesce(crm_system || '/' || opportunity_id, '')) as repeated
    from {{ ref('fct_expansion_sources') }}
    group by customer_id, date_month

),

movements as (

    select
        customer_id,
        date_month,
        arr_change
    from {{ ref('fct_arr_movements') }}
    where movement_type = 'expansion'

),

cross_sold as (

    select
        customer_id,
        date_month,
        sum(arr_change) as arr_change
    from {{ ref('fct_arr_movement_drivers') }}
    where
        movement_type = 'expansion'
        and driver = 'cross_sell'
    group by customer_id, date_month

)

select
    coalesce(movements.customer_id, parts.customer_id) as customer_id,
    coalesce(movements.date_month, parts.date_month) as date_month,
    movements.arr_change,
    parts.expansion_arr,
    parts.cross_sell_arr
from movements
full join parts
    on
        movements.customer_id = parts.customer_id
        and movements.date_month = parts.date_month
left join cross_sold
    on
        parts.customer_id = cross_sold.customer_id
        and parts.date_month = cross_sold.date_month
where
    movements.customer_id is null
    or parts.customer_id is null
    or movements.arr_change <> parts.expansion_arr
    or parts.expansion_arr <> parts.upsell_arr + parts.cross_sell_arr
    or parts.cross_sell_arr <> coalesce(cross_sold.arr_change, 0)
    or parts.smallest_arr < 0
    or parts.repeated > 0

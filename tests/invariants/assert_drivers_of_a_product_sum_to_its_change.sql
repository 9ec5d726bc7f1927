-- The drivers of a customer, product and month sum to the change of that product's ARR over all
-- currencies.
with drivers as (

    select
        customer_id,
        product_id,
        {{ month_index('date_month') }} as month_index,
        sum(arr_change) as arr_change
    from {{ ref('fct_arr_movement_drivers') }}
    group by customer_id, product_id, {{ month_index('date_month') }}

),

changes as (

    select
        customer_id,
        product_id,
        from_month_index as month_index,
        sum(arr_change) as arr_change
    from {{ ref('int_arr_spans') }}
    group by customer_id, product_id, from_month_index

)

select
    coalesce(drivers.customer_id, changes.customer_id) as customer_id,
    coalesce(drivers.product_id, changes.product_id) as product_id,
    coalesce(drivers.month_index, changes.month_index) as month_index,
    drivers.arr_change as sum_of_drivers,
    changes.arr_change as product_change
from drivers
full join changes
    on
        drivers.customer_id = changes.customer_id
        and drivers.product_id = changes.product_id
        and drivers.month_index = changes.month_index
where coalesce(drivers.arr_change, 0) <> coalesce(changes.arr_change, 0)

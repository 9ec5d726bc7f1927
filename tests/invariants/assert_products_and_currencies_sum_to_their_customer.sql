-- The changes of a customer's products and currencies in a month sum to the movement of the
-- customer. Where they cancel out (what is taken over is lost in the same month) both are zero.
with changes as (

    select
        customer_id,
        from_month_index as month_index,
        sum(arr_change) as arr_change
    from {{ ref('int_arr_spans') }}
    group by customer_id, from_month_index

),

movements as (

    select
        customer_id,
        {{ month_index('date_month') }} as month_index,
        sum(arr_change) as arr_change
    from {{ ref('fct_arr_movements') }}
    group by customer_id, {{ month_index('date_month') }}

)

select
    coalesce(changes.customer_id, movements.customer_id) as customer_id,
    coalesce(changes.month_index, movements.month_index) as month_index,
    changes.arr_change as products_and_currencies,
    movements.arr_change as movement
from changes
full join movements
    on
        changes.customer_id = movements.customer_id
        and changes.month_index = movements.month_index
where coalesce(changes.arr_change, 0) <> coalesce(movements.arr_change, 0)

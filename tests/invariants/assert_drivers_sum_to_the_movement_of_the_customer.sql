-- The drivers of a customer and month sum to its movement, or to zero where it has none; the parts
-- that a new rate and a transfer bring sum to theirs.
with drivers as (

    select
        customer_id,
        date_month,
        case when driver in ('fx', 'transfer') then driver else 'contract' end as movement_kind,
        sum(arr_change) as arr_change
    from {{ ref('fct_arr_movement_drivers') }}
    group by
        customer_id,
        date_month,
        case when driver in ('fx', 'transfer') then driver else 'contract' end

),

movements as (

    select
        customer_id,
        date_month,
        case
            when movement_type in ('fx', 'transfer') then movement_type
            else 'contract'
        end as movement_kind,
        sum(arr_change) as arr_change
    from {{ ref('fct_arr_movements') }}
    group by
        customer_id,
        date_month,
        case when movement_type in ('fx', 'transfer') then movement_type else 'contract' end

)

select
    coalesce(drivers.customer_id, movements.customer_id) as customer_id,
    coalesce(drivers.date_month, movements.date_month) as date_month,
    drivers.arr_change as sum_of_drivers,
    movements.arr_change as movement
from drivers
full join movements
    on
        drivers.customer_id = movements.customer_id
        and drivers.date_month = movements.date_month
        and drivers.movement_kind = movements.movement_kind
where coalesce(drivers.arr_change, 0) <> coalesce(movements.arr_change, 0)

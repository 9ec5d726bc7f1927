-- A customer that came or left has that as its only driver; one that stayed has no such driver.
-- Drivers name why ARR moved: none is empty and none is left without a name. A new rate and a
-- transfer are their own drivers, summed elsewhere.
with drivers as (

    select * from {{ ref('fct_arr_movement_drivers') }}
    where driver not in ('fx', 'transfer') or driver is null

),

movements as (

    select * from {{ ref('fct_arr_movements') }}
    where movement_type not in ('fx', 'transfer')

)

select
    coalesce(drivers.customer_id, movements.customer_id) as customer_id,
    coalesce(drivers.date_month, movements.date_month) as date_month,
    drivers.product_id,
    drivers.driver,
    movements.movement_type,
    drivers.arr_change,
    movements.arr_change as movement
from drivers
full join movements
    on
        drivers.customer_id = movements.customer_id
        and drivers.date_month = movements.date_month
where
    drivers.driver is null
    or drivers.arr_change = 0
    or (
        movements.movement_type in ('new', 'reactivation', 'churn', 'opening_balance')
        and drivers.driver <> movements.movement_type
    )
    or (
        coalesce(movements.movement_type, 'none')
        not in ('new', 'reactivation', 'churn', 'opening_balance')
        and drivers.driver not in (
            'cross_sell', 'seats', 'price', 'tier',
            'product_drop', 'contracted_step', 'discount_change'
        )
    )

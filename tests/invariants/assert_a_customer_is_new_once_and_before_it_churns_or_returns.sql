-- A customer is new, or in the opening balance, exactly once and before any other movement with
-- ARR; it returns only after a churn. Customers whose balance was ever below zero are left out, and
-- so are those with a transfer: who takes ARR over is never new.
with movements as (

    select * from {{ ref('fct_arr_movements') }}

),

ordered as (

    select
        customer_id,
        date_month,
        movement_type,
        arr_change,
        lag(movement_type) over (partition by customer_id order by date_month) as previous_type,
        min(beginning_arr) over (partition by customer_id) as lowest_beginning_arr,
        min(ending_arr) over (partition by customer_id) as lowest_ending_arr,
        max(
            case when movement_type = 'transfer' then 1 else 0 end
        ) over (partition by customer_id) as transfer_flag
    from movements
    where movement_type <> 'fx'

),

customers as (

    select distinct customer_id
    from {{ ref('fct_customer_arr_monthly') }}

)

select
    customers.customer_id,
    ordered.date_month,
    ordered.previous_type,
    ordered.movement_type,
    ordered.arr_change
from customers
left join ordered
    on customers.customer_id = ordered.customer_id
where
    -- a customer with a balance has a movement
    ordered.customer_id is null
    or (
        ordered.transfer_flag = 0
        and ordered.lowest_beginning_arr >= 0
        and ordered.lowest_ending_arr >= 0
        and not case
            when ordered.movement_type in ('new', 'opening_balance')
                then ordered.previous_type is null
            when ordered.movement_type = 'reactivation'
                then coalesce(ordered.previous_type, 'none') = 'churn'
            else coalesce(ordered.previous_type, 'churn') <> 'churn'
        end
    )

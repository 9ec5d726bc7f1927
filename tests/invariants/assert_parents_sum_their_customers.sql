-- The movements of an ultimate parent in a month sum to those of its customers.
with movements as (

    select * from {{ ref('fct_arr_movements') }}

),

parents as (

    select * from {{ ref('int_customer_parents_resolved') }}

),

customers as (

    select
        coalesce(parents.parent_customer_id, movements.customer_id) as parent_customer_id,
        movements.date_month,
        sum(movements.arr_change) as arr_change
    from movements
    left join parents
        on movements.customer_id = parents.customer_id
    group by coalesce(parents.parent_customer_id, movements.customer_id), movements.date_month
    having sum(movements.arr_change) <> 0

),

rolled_up as (

    select
        parent_customer_id,
        date_month,
        sum(arr_change) as arr_change
    from {{ ref('fct_parent_arr_movements') }}
    group by parent_customer_id, date_month

)

select
    coalesce(customers.parent_customer_id, rolled_up.parent_customer_id) as parent_customer_id,
    coalesce(customers.date_month, rolled_up.date_month) as date_month,
    customers.arr_change as sum_of_customers,
    rolled_up.arr_change as parent_movement
from customers
full join rolled_up
    on
        customers.parent_customer_id = rolled_up.parent_customer_id
        and customers.date_month = rolled_up.date_month
where customers.arr_change is distinct from rolled_up.arr_change

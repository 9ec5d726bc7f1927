-- All movements of a customer's life sum to its closing ARR of the last published month.
with movements as (

    select
        customer_id,
        sum(arr_change) as arr
    from {{ ref('fct_arr_movements') }}
    group by customer_id

),

closings as (

    select
        customer_id,
        arr
    from {{ ref('fct_customer_arr_monthly') }}
    where {{ month_index('date_month') }} = {{ last_published_month_index() }}

)

select
    coalesce(movements.customer_id, closings.customer_id) as customer_id,
    movements.arr as sum_of_movements,
    closings.arr as last_closing_arr
from movements
full join closings
    on movements.customer_id = closings.customer_id
where movements.arr is distinct from closings.arr

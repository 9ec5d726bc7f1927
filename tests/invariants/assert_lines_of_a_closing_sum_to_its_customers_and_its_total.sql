-- What was frozen of a month fits together: lines sum to customers, customers to the total. A file
-- that was edited or cut off fails here.
with closed_months as (

    select * from {{ ref('int_closed_months') }}

),

lines as (

    select
        closed_months.date_month,
        closed_lines.customer_id,
        sum(closed_lines.arr) as arr
    from {{ ref('stg_closings__lines') }} as closed_lines
    inner join closed_months
        on closed_lines.closed_month = closed_months.date_month
    group by closed_months.date_month, closed_lines.customer_id

),

customers as (

    select
        closed_months.date_month,
        closed_customers.customer_id,
        closed_customers.arr
    from {{ ref('stg_closings__customers') }} as closed_customers
    inner join closed_months
        on closed_customers.closed_month = closed_months.date_month

),

totals as (

    select
        date_month,
        sum(arr) as arr
    from customers
    group by date_month

)

select
    coalesce(lines.date_month, customers.date_month) as date_month,
    coalesce(lines.customer_id, customers.customer_id) as customer_id,
    lines.arr as sum_of_parts,
    customers.arr as whole
from lines
full join customers
    on
        lines.date_month = customers.date_month
        and lines.customer_id = customers.customer_id
where coalesce(lines.arr, 0) <> coalesce(customers.arr, 0)

union all

select
    closed_months.date_month,
    'all' as customer_id,
    totals.arr as sum_of_parts,
    closed_months.ending_arr as whole
from closed_months
left join totals
    on closed_months.date_month = totals.date_month
where coalesce(totals.arr, 0) <> closed_months.ending_arr

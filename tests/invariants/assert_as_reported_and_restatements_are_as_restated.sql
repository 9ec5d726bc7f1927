-- For every closed month, what was reported of a customer and its restatements are its ARR in the
-- ledger today, to the cent: a closed month never differs without a row that says why.
with reported as (

    select
        closed_months.date_month,
        closed_customers.customer_id,
        closed_customers.arr
    from {{ ref('stg_closings__customers') }} as closed_customers
    inner join {{ ref('int_closed_months') }} as closed_months
        on closed_customers.closed_month = closed_months.date_month

),

restatements as (

    select
        date_month,
        customer_id,
        restatement_arr as arr
    from {{ ref('fct_arr_restatements') }}

),

said as (

    select * from reported
    union all
    select * from restatements

),

summed as (

    select
        date_month,
        customer_id,
        sum(arr) as arr
    from said
    group by date_month, customer_id

),

ledger as (

    select balances.*
    from {{ ref('fct_customer_arr_monthly') }} as balances
    inner join {{ ref('int_closed_months') }} as closed_months
        on balances.date_month = closed_months.date_month

)

select
    coalesce(summed.date_month, ledger.date_month) as date_month,
    coalesce(summed.customer_id, ledger.customer_id) as customer_id,
    summed.arr as reported_and_restated_arr,
    ledger.arr as ledger_arr
from summed
full join ledger
    on
        summed.date_month = ledger.date_month
        and summed.customer_id = ledger.customer_id
where coalesce(summed.arr, 0) <> coalesce(ledger.arr, 0)

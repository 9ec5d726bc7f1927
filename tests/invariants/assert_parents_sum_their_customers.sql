-- The ARR of an ultimate parent is the ARR of its customers, in every month.
with months as (

    select * from {{ ref('int_ledger_months') }}

),

balances as (

    select * from {{ ref('fct_customer_arr_monthly') }}

),

parents as (

    select * from {{ ref('int_customer_parents') }}

),

customers as (

    select
        coalesce(parents.parent_customer_id, balances.customer_id) as parent_customer_id,
        months.date_month,
        sum(balances.arr) as arr
    from balances
    inner join months
        on balances.date_month = months.date_month
    left join parents
        on
            balances.customer_id = parents.customer_id
            and months.month_index >= parents.from_month_index
            and months.month_index < {{ or_open('parents.until_month_index') }}
    group by coalesce(parents.parent_customer_id, balances.customer_id), months.date_month

),

rolled_up as (

    select
        spans.account_id as parent_customer_id,
        months.date_month,
        spans.arr
    from {{ ref('int_account_arr_spans') }} as spans
    inner join months
        on
            spans.from_month_index <= months.month_index
            and {{ or_open('spans.until_month_index') }} > months.month_index
    where spans.is_parent

)

select
    coalesce(customers.parent_customer_id, rolled_up.parent_customer_id) as parent_customer_id,
    coalesce(customers.date_month, rolled_up.date_month) as date_month,
    customers.arr as sum_of_customers,
    rolled_up.arr as parent_arr
from customers
full join rolled_up
    on
        customers.parent_customer_id = rolled_up.parent_customer_id
        and customers.date_month = rolled_up.date_month
where coalesce(customers.arr, 0) <> coalesce(rolled_up.arr, 0)

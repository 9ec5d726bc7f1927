-- A customer with a balance in the ledger is in the dimension, with the same balance.
with balances as (

    select
        account_id as customer_id,
        arr
    from {{ ref('int_account_spans') }}
    where
        is_customer
        and from_month_index <= {{ last_published_month_index() }}
        and (until_month_index is null or until_month_index > {{ last_published_month_index() }})

),

customers as (

    select * from {{ ref('dim_customers') }}

),

compared as (

    select
        balances.customer_id as ledger_customer_id,
        customers.customer_id as dimension_customer_id,
        coalesce(balances.arr, 0) as ledger_arr,
        customers.current_arr as dimension_arr
    from balances
    full join customers
        on balances.customer_id = customers.customer_id

)

select * from compared
where
    dimension_customer_id is null
    or ledger_arr <> dimension_arr

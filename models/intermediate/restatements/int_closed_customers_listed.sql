-- Grain: one row per closed month and customer with ARR at its end, as it was published.
with closed_months as (

    select * from {{ ref('int_closed_months_listed') }}

),

closed_customers as (

    select * from {{ ref('stg_closings__customers') }}

),

final as (

    select
        closed_months.date_month,
        closed_customers.customer_id,
        closed_customers.arr
    from closed_customers
    inner join closed_months
        on closed_customers.closed_month = closed_months.date_month

)

select * from final

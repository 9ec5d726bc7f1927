-- Grain: one row per customer, product and month in which ARR moves: every line read, annualised and posted at both ends.
create table work.changes as
with lines as (

    select
        customers.customer_key,
        products.product_key,
        cast(extract(year from lines.start_date) * 12 + extract(month from lines.start_date) as integer) as from_month_index,
        cast(extract(year from lines.end_date) * 12 + extract(month from lines.end_date) as integer) as until_month_index,
        cast(round(lines.term_amount * 12 / lines.term_months, 2) as numeric(18, 2)) as arr
    from raw_custom_billing.subscription_lines as lines
    inner join work.customers as customers
        on lines.customer_id = customers.customer_id
    inner join work.products as products
        on lines.product_id = products.product_id
    where lines.term_amount <> 0

),

posted as (

    select customer_key, product_key, from_month_index as month_index, arr from lines
    union all
    select customer_key, product_key, until_month_index, -arr from lines
    where until_month_index is not null

)

select
    customer_key,
    product_key,
    month_index,
    cast(sum(arr) as numeric(18, 2)) as arr_change
from posted
group by customer_key, product_key, month_index
having sum(arr) <> 0

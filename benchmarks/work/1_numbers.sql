-- Grain: one row per customer; whole numbers for customers and products.
create schema work;
create table work.customers as
select
    cast(row_number() over (order by customer_id) as integer) as customer_key,
    customer_id
from raw_custom_billing.customers;
create table work.products as
select
    cast(row_number() over (order by product_id) as integer) as product_key,
    product_id
from raw_custom_billing.products

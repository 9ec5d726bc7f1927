-- Grain: one row per product that billing lists or bills.
with products as (

    select * from {{ ref('int_products') }}

),

lines as (

    select * from {{ ref('int_arr_lines') }}

),

-- a product may be named by lines alone; with one line or many it is one product
billed_products as (

    select
        product_id,
        min(product_family) as product_family,
        max(coalesce(until_month_index, {{ open_month_index() }})) as until_month_index
    from lines
    group by product_id

),

final as (

    select
        coalesce(products.product_id, billed_products.product_id) as product_id,
        coalesce(products.product_name, billed_products.product_id) as product_name,
        coalesce(products.product_family, billed_products.product_family) as product_family,
        coalesce(products.revenue_type, 'recurring') as revenue_type,
        products.product_id is not null as is_listed,
        coalesce(
            billed_products.until_month_index > {{ last_published_month_index() }}, false
        ) as is_held_today
    from products
    full join billed_products
        on products.product_id = billed_products.product_id

)

select * from final

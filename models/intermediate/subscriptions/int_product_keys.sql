-- Grain: one row per product of a line: its whole number, its family and what kind of revenue it
-- is. Numbers are of one build and are never published.
with products as (

    select * from {{ ref('int_products') }}

),

used as (

    select distinct product_id
    from {{ ref('int_subscription_lines') }}

),

-- a product that no billing system lists is a family of its own
final as (

    select
        cast(row_number() over (order by used.product_id) as integer) as product_key,
        used.product_id,
        coalesce(products.product_family, used.product_id) as product_family,
        coalesce(products.revenue_type, 'recurring') as revenue_type
    from used
    left join products
        on used.product_id = products.product_id

)

select * from final

-- Grain: one row per product of the billing systems that are on.
with
{%- for system in billing_systems() %}

{{ system }}_products as (

    select * from {{ ref('stg_' ~ system ~ '__products') }}

),
{%- endfor %}

products as (
    {%- for system in billing_systems() %}

    select
        '{{ system }}' as source_system,
        product_id,
        product_name,
        product_family,
        {{ 'revenue_type' if system == 'custom_billing' else "'recurring'" }} as revenue_type
    from {{ system }}_products
    {% if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}

),

-- a product that two systems sell under one id is one product; the first name filled in wins
final as (

    select
        product_id,
        coalesce(min(product_name), product_id) as product_name,
        coalesce(min(product_family), product_id) as product_family,
        min(revenue_type) as revenue_type,
        count(*) as system_count
    from products
    group by product_id

)

select * from final

-- Grain: one row per opportunity of any CRM system that is on and product family that its product
-- lines name; no row without a CRM system.
with products as (

    select * from {{ ref('int_products_unioned') }}

),
{%- for system in crm_systems() %}

{{ system }}_items as (

    select * from {{ ref('stg_' ~ system ~ '__opportunity_line_items') }}
    where
        not is_deleted
        and is_active_version

),

{{ system }}_products as (

    select * from {{ ref('stg_' ~ system ~ '__products') }}
    where is_active_version

),
{%- endfor %}

named as (

    select
        cast(null as {{ dbt.type_string() }}) as crm_system,
        cast(null as {{ dbt.type_string() }}) as opportunity_id,
        cast(null as {{ dbt.type_string() }}) as product_code,
        cast(null as {{ dbt.type_string() }}) as product_family,
        cast(null as {{ type_money() }}) as price_in_currency
    {%- for system in crm_systems() %}

    union all

    select
        '{{ system }}' as crm_system,
        {{ system }}_items.opportunity_id,
        {{ system }}_products.product_code,
        {{ system }}_products.product_family,
        {{ system }}_items.total_price_in_currency as price_in_currency
    from {{ system }}_items
    inner join {{ system }}_products
        on {{ system }}_items.crm_product_id = {{ system }}_products.crm_product_id
    {%- endfor %}

),

-- billing decides the family where the CRM names its product, else the CRM does
final as (

    select
        named.crm_system,
        named.opportunity_id,
        coalesce(products.product_family, named.product_family) as product_family,
        cast(sum(coalesce(named.price_in_currency, 0)) as {{ type_money() }}) as price_in_currency
    from named
    left join products
        on named.product_code = products.product_id
    where
        named.opportunity_id is not null
        and coalesce(products.product_family, named.product_family) is not null
    group by
        named.crm_system,
        named.opportunity_id,
        coalesce(products.product_family, named.product_family)

)

select * from final

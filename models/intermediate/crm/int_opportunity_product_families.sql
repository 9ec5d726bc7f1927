-- Grain: one row per opportunity of any CRM system that is on and product family that its product
-- lines name; no row without a CRM system. Lines of deleted opportunities are left out.
-- long because lines and products each have versions and ids of two forms
{{ config(enabled=is_on('crm')) }}
with products as (

    select * from {{ ref('int_products') }}

),

opportunities as (

    select * from {{ ref('int_opportunities') }}

),

opportunity_ids as (

    select * from {{ ref('int_crm_id_forms') }}
    where record_kind = 'opportunity'

),

item_ids as (

    select * from {{ ref('int_crm_id_forms') }}
    where record_kind = 'line_item'

),

product_ids as (

    select * from {{ ref('int_crm_id_forms') }}
    where record_kind = 'product'

),
{%- for system in crm_systems() %}

{{ system }}_items as (

    select
        items.*,
        coalesce(opportunity_ids.record_id, items.opportunity_id) as opportunity_record_id,
        coalesce(product_ids.record_id, items.crm_product_id) as product_record_id,
        row_number() over (
            partition by coalesce(item_ids.record_id, items.opportunity_line_item_id)
            order by
                {{ version_in_force_first('items', 'opportunity_line_item_id') }}
        ) as newest_first
    from {{ ref('stg_' ~ system ~ '__opportunity_line_items') }} as items
    left join item_ids
        on items.opportunity_line_item_id = item_ids.id_form
    left join opportunity_ids
        on items.opportunity_id = opportunity_ids.id_form
    left join product_ids
        on items.crm_product_id = product_ids.id_form

),

-- lines keep naming a deleted product
{{ system }}_products as (

    select
        products.*,
        coalesce(product_ids.record_id, products.crm_product_id) as record_id,
        row_number() over (
            partition by coalesce(product_ids.record_id, products.crm_product_id)
            order by
                {{ version_in_force_first('products', 'crm_product_id') }}
        ) as newest_first
    from {{ ref('stg_' ~ system ~ '__products') }} as products
    left join product_ids
        on products.crm_product_id = product_ids.id_form

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
        {{ system }}_items.opportunity_record_id as opportunity_id,
        {{ system }}_products.product_code,
        {{ system }}_products.product_family,
        {{ system }}_items.total_price_in_currency as price_in_currency
    from {{ system }}_items
    inner join {{ system }}_products
        on
            {{ system }}_items.product_record_id = {{ system }}_products.record_id
            and {{ system }}_products.newest_first = 1
    where
        {{ system }}_items.newest_first = 1
        and {{ system }}_items.is_active_version
        and not {{ system }}_items.is_deleted
    {%- endfor %}

),

-- billing decides the family where the CRM names its product, else the CRM does
final as (

    select
        opportunities.opportunity_key,
        coalesce(products.product_family, named.product_family) as product_family,
        cast(sum(coalesce(named.price_in_currency, 0)) as {{ type_money() }}) as price_in_currency
    from named
    inner join opportunities
        on
            named.crm_system = opportunities.crm_system
            and named.opportunity_id = opportunities.opportunity_id
    left join products
        on named.product_code = products.product_id
    where coalesce(products.product_family, named.product_family) is not null
    group by
        opportunities.opportunity_key,
        coalesce(products.product_family, named.product_family)

)

select * from final

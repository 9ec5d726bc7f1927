-- Grain: one row per product of the custom billing system.
{{ config(enabled='custom_billing' in billing_systems()) }}
with source as (

    {{ extract_once('custom_billing', 'products', tells_contradiction=true) }}

),

final as (

    select
        cast(product_id as {{ dbt.type_string() }}) as product_id,
        cast(product_name as {{ dbt.type_string() }}) as product_name,
        nullif(trim(cast(product_family as {{ dbt.type_string() }})), '') as product_family,
        coalesce(
            nullif(lower(trim(cast(revenue_type as {{ dbt.type_string() }}))), ''), 'recurring'
        ) as revenue_type,
        is_contradicted

    from source

)

select * from final

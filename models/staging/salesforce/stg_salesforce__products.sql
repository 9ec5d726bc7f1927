-- Grain: one row per product of Salesforce, deleted ones included.
{{ config(enabled='salesforce' in crm_systems()) }}
with source as (

    {{ extract_once('salesforce', 'product_2') }}

),

final as (

    select
        -- ids
        cast(id as {{ dbt.type_string() }}) as crm_product_id,
        trim(cast(product_code as {{ dbt.type_string() }})) as product_code,

        -- attributes
        cast(name as {{ dbt.type_string() }}) as product_name,
        nullif(trim(cast(family as {{ dbt.type_string() }})), '') as product_family,
        coalesce(cast(is_active as boolean), true) as is_active,
        coalesce(cast(is_deleted as boolean), false) as is_deleted,
        coalesce(cast(_fivetran_active as boolean), true) as is_active_version,

        -- instants, UTC
        cast(_fivetran_start as {{ dbt.type_timestamp() }}) as version_started_at

    from source

)

select * from final

-- Grain: one row per contact of Salesforce, deleted ones included; in history mode, version of one.
{{ config(enabled='salesforce' in crm_systems()) }}
with source as (

    {{ extract_once('salesforce', 'contact') }}

),

final as (

    select
        -- ids
        cast(id as {{ dbt.type_string() }}) as contact_id,

        -- flags
        coalesce(cast(is_deleted as boolean), false) as is_deleted,
        coalesce(cast(_fivetran_active as boolean), true) as is_active_version,

        -- dates, and instants in UTC
        cast(left_company_date_c as date) as left_company_date,
        cast(created_date as {{ dbt.type_timestamp() }}) as created_at,
        cast(_fivetran_synced as {{ dbt.type_timestamp() }}) as synced_at,
        cast(_fivetran_start as {{ dbt.type_timestamp() }}) as version_started_at

    from source

)

select * from final

-- Grain: one row per user of Salesforce, deleted ones included; in history mode, version of a user.
{{ config(enabled='salesforce' in crm_systems()) }}
with source as (

    {{ extract_once('salesforce', 'user') }}

),

final as (

    select
        -- ids
        cast(id as {{ dbt.type_string() }}) as user_id,
        {{ lookup_id('manager_id') }} as manager_user_id,

        -- attributes
        cast(name as {{ dbt.type_string() }}) as user_name,
        cast(title as {{ dbt.type_string() }}) as title,
        cast(department as {{ dbt.type_string() }}) as department,
        coalesce(cast(is_active as boolean), true) as is_active,
        coalesce(cast(_fivetran_deleted as boolean), false) as is_deleted,
        coalesce(cast(_fivetran_active as boolean), true) as is_active_version,

        -- instants, UTC
        cast(_fivetran_synced as {{ dbt.type_timestamp() }}) as synced_at,
        cast(_fivetran_start as {{ dbt.type_timestamp() }}) as version_started_at

    from source

)

select * from final

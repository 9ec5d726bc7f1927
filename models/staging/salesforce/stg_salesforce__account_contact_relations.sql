-- Grain: one row per contact and account of Salesforce it has to do with, deleted ones included.
{{ config(enabled='salesforce' in crm_systems()) }}
with source as (

    {{ extract_once('salesforce', 'account_contact_relation') }}

),

final as (

    select
        -- ids
        cast(id as {{ dbt.type_string() }}) as account_contact_relation_id,
        {{ lookup_id('account_id') }} as account_id,
        {{ lookup_id('contact_id') }} as contact_id,

        -- attributes
        cast(roles as {{ dbt.type_string() }}) as contact_roles,
        coalesce(cast(is_active as boolean), true) as is_active,
        coalesce(cast(is_deleted as boolean), false) as is_deleted,
        coalesce(cast(_fivetran_active as boolean), true) as is_active_version,

        -- dates, and instants in UTC
        cast(start_date as date) as start_date,
        cast(end_date as date) as end_date,
        cast(created_date as {{ dbt.type_timestamp() }}) as created_at,
        cast(last_modified_date as {{ dbt.type_timestamp() }}) as last_modified_at,
        cast(_fivetran_synced as {{ dbt.type_timestamp() }}) as synced_at,
        cast(_fivetran_start as {{ dbt.type_timestamp() }}) as version_started_at

    from source

)

select * from final

-- Grain: one row per part of a contact in an opportunity of Salesforce, deleted ones included.
{{ config(enabled='salesforce' in crm_systems()) }}
with source as (

    {{ extract_once('salesforce', 'opportunity_contact_role') }}

),

final as (

    select
        -- ids
        cast(id as {{ dbt.type_string() }}) as opportunity_contact_role_id,
        {{ lookup_id('opportunity_id') }} as opportunity_id,
        {{ lookup_id('contact_id') }} as contact_id,

        -- attributes
        cast(role as {{ dbt.type_string() }}) as contact_role,
        coalesce(cast(is_deleted as boolean), false) as is_deleted,
        coalesce(cast(_fivetran_active as boolean), true) as is_active_version,

        -- instants, UTC
        cast(created_date as {{ dbt.type_timestamp() }}) as created_at,
        cast(_fivetran_start as {{ dbt.type_timestamp() }}) as version_started_at

    from source

)

select * from final

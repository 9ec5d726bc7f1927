-- Grain: one row per version of an account of Salesforce.
{{ config(enabled='salesforce' in crm_systems()) }}
with source as (

    {{ extract_once('salesforce', 'account_history') }}

),

final as (

    select
        -- ids
        cast(id as {{ dbt.type_string() }}) as account_id,
        {{ lookup_id('parent_id') }} as parent_account_id,
        {{ lookup_id('master_record_id') }} as merged_into_account_id,
        {{ lookup_id(salesforce_column('am_owner_id')) }} as account_owner_id,
        {{ lookup_id(salesforce_column('csm_owner_id')) }} as csm_owner_id,

        -- attributes
        {%- for column in segment_columns() %}
        trim(cast({{ salesforce_column(column) }} as {{ dbt.type_string() }})) as {{ column }},
        {%- endfor %}
        coalesce(cast(is_deleted as boolean), false) as is_deleted,
        coalesce(cast(_fivetran_active as boolean), true) as is_active_version,

        -- instants, UTC
        cast(_fivetran_start as {{ dbt.type_timestamp() }}) as version_started_at,
        cast(_fivetran_end as {{ dbt.type_timestamp() }}) as version_ended_at

    from source

)

select * from final

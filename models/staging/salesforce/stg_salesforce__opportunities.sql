-- Grain: one row per opportunity of Salesforce, deleted ones included.
{{ config(enabled='salesforce' in crm_systems()) }}
with source as (

    {{ extract_once('salesforce', 'opportunity', tells_contradiction=true) }}

),

final as (

    select
        -- ids
        cast(id as {{ dbt.type_string() }}) as opportunity_id,
        {{ lookup_id('account_id') }} as account_id,
        {{ lookup_id('owner_id') }} as opportunity_owner_id,

        -- attributes
        is_contradicted,
        cast(name as {{ dbt.type_string() }}) as opportunity_name,
        cast(type as {{ dbt.type_string() }}) as opportunity_type,
        cast(stage_name as {{ dbt.type_string() }}) as stage_name,
        cast(forecast_category as {{ dbt.type_string() }}) as forecast_category,
        cast(lead_source as {{ dbt.type_string() }}) as lead_source,
        cast({{ salesforce_column('sourcing_team') }} as {{ dbt.type_string() }}) as sourced_by,
        upper(cast(currency_iso_code as {{ dbt.type_string() }})) as currency,
        coalesce(cast(is_closed as boolean), false) as is_closed,
        coalesce(cast(is_won as boolean), false) as is_won,
        coalesce(cast(is_deleted as boolean), false) as is_deleted,
        coalesce(cast(_fivetran_active as boolean), true) as is_active_version,

        -- measures
        cast(amount as {{ type_money() }}) as amount_in_currency,
        cast(probability as numeric(9, 4)) as win_probability_percent,
        cast({{ salesforce_column('term_months') }} as numeric(9, 4)) as term_months,

        -- dates; the closing date is a calendar day at midnight, not an instant
        cast(close_date as date) as close_date,
        cast(created_date as {{ dbt.type_timestamp() }}) as created_at,
        cast(_fivetran_start as {{ dbt.type_timestamp() }}) as version_started_at

    from source

)

select * from final

-- Grain: one row per opportunity of every CRM system that is on, in the version in force; deleted
-- ones left out. No row without a CRM system.
-- long because every CRM system spells out the columns of an opportunity
{{ config(enabled=is_on('crm')) }}
with account_ids as (

    select * from {{ ref('int_crm_id_forms') }}
    where record_kind = 'account'

),

user_ids as (

    select * from {{ ref('int_crm_id_forms') }}
    where record_kind = 'user'

),

opportunity_ids as (

    select * from {{ ref('int_crm_id_forms') }}
    where record_kind = 'opportunity'

),
{%- for system in crm_systems() %}

{{ system }}_versions as (

    select
        opportunities.*,
        coalesce(opportunity_ids.record_id, opportunities.opportunity_id) as record_id,
        row_number() over (
            partition by coalesce(opportunity_ids.record_id, opportunities.opportunity_id)
            order by
                {{ version_in_force_first('opportunities', 'opportunity_id') }}
        ) as newest_first
    from {{ ref('stg_' ~ system ~ '__opportunities') }} as opportunities
    left join opportunity_ids
        on opportunities.opportunity_id = opportunity_ids.id_form

),
{%- endfor %}

final as (

    select
        cast(null as {{ dbt.type_string() }}) as crm_system,
        cast(null as {{ dbt.type_string() }}) as opportunity_id,
        account_ids.record_id as account_id,
        cast(null as {{ dbt.type_string() }}) as opportunity_owner_id,
        cast(null as {{ dbt.type_string() }}) as opportunity_type,
        cast(null as {{ dbt.type_string() }}) as forecast_category,
        cast(null as {{ dbt.type_string() }}) as sourced_by,
        cast(null as boolean) as is_closed,
        cast(null as boolean) as is_won,
        cast(null as {{ dbt.type_string() }}) as currency,
        cast(null as {{ type_money() }}) as amount_in_currency,
        cast(null as numeric(9, 4)) as term_months,
        cast(null as date) as close_date,
        cast(null as {{ dbt.type_timestamp() }}) as created_at
    from account_ids
    where 1 = 0
    {%- for system in crm_systems() %}

    union all

    select
        '{{ system }}' as crm_system,
        versions.record_id as opportunity_id,
        coalesce(account_ids.record_id, versions.account_id) as account_id,
        coalesce(user_ids.record_id, versions.opportunity_owner_id) as opportunity_owner_id,
        versions.opportunity_type,
        versions.forecast_category,
        versions.sourced_by,
        versions.is_closed,
        versions.is_won,
        coalesce(versions.currency, '{{ reporting_currency() }}') as currency,
        versions.amount_in_currency,
        versions.term_months,
        versions.close_date,
        versions.created_at
    from {{ system }}_versions as versions
    left join account_ids
        on versions.account_id = account_ids.id_form
    left join user_ids
        on versions.opportunity_owner_id = user_ids.id_form
    where
        versions.newest_first = 1
        and versions.is_active_version
        and not versions.is_deleted
    {%- endfor %}

)

select * from final

-- Grain: one row per contact and account of any CRM system that the contact left, with the day; no
-- row without a CRM system. An account of null: the company as a whole.
with
{%- if 'salesforce' in crm_systems() %}

salesforce_relations as (

    select * from {{ ref('stg_salesforce__account_contact_relations') }}
    where
        not is_deleted
        and is_active_version

),

salesforce_contacts as (

    select * from {{ ref('stg_salesforce__contacts') }}
    where
        not is_deleted
        and is_active_version

),

salesforce_departures as (

    -- where nobody stated the day, it was known at the latest when the relation was last changed
    select
        account_id,
        contact_id,
        case
            when end_date is not null then end_date
            when not is_active then {{ reporting_date('last_modified_at') }}
        end as left_date
    from salesforce_relations

    union all

    select
        cast(null as {{ dbt.type_string() }}) as account_id,
        contact_id,
        left_company_date as left_date
    from salesforce_contacts

),
{%- endif %}

no_departures as (

    select
        cast(null as {{ dbt.type_string() }}) as crm_system,
        cast(null as {{ dbt.type_string() }}) as account_id,
        cast(null as {{ dbt.type_string() }}) as contact_id,
        cast(null as date) as left_date

),

final as (

    select * from no_departures
    where contact_id is not null
    {%- for system in crm_systems() %}

    union all

    select
        '{{ system }}' as crm_system,
        account_id,
        contact_id,
        min(left_date) as left_date
    from {{ system }}_departures
    where left_date <= {{ as_of_date() }}
    group by account_id, contact_id
    {%- endfor %}

)

select * from final

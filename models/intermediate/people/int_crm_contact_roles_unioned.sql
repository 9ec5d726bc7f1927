-- Grain: one row per contact, account and role of it that a source of any CRM system names, with
-- the day it was first seen; no row without a CRM system.
-- long because relations and opportunities name people, each in its own shape
with
{%- if 'salesforce' in crm_systems() %}

salesforce_relations as (

    select * from {{ ref('stg_salesforce__account_contact_relations') }}
    where
        not is_deleted
        and is_active_version

),

salesforce_opportunities as (

    select * from {{ ref('stg_salesforce__opportunities') }}
    where
        not is_deleted
        and is_active_version

),

salesforce_parts as (

    select * from {{ ref('stg_salesforce__opportunity_contact_roles') }}
    where
        not is_deleted
        and is_active_version

),

salesforce_deleted_contacts as (

    select distinct contact_id
    from {{ ref('stg_salesforce__contacts') }}
    where
        is_deleted
        and is_active_version

),

salesforce_mentions as (

    select
        account_id,
        contact_id,
        contact_roles,
        coalesce(start_date, {{ reporting_date('created_at') }}) as seen_date
    from salesforce_relations

    union all

    select
        salesforce_opportunities.account_id,
        salesforce_parts.contact_id,
        salesforce_parts.contact_role as contact_roles,
        {{ reporting_date('salesforce_parts.created_at') }} as seen_date
    from salesforce_parts
    inner join salesforce_opportunities
        on salesforce_parts.opportunity_id = salesforce_opportunities.opportunity_id

),

salesforce_contact_roles as (
    {%- for part in range(1, 11) %}

    select
        account_id,
        contact_id,
        trim({{ text_part('contact_roles', ';', part) }}) as contact_role,
        seen_date
    from salesforce_mentions
    {% if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}

),
{%- endif %}

no_roles as (

    select
        cast(null as {{ dbt.type_string() }}) as crm_system,
        cast(null as {{ dbt.type_string() }}) as account_id,
        cast(null as {{ dbt.type_string() }}) as contact_id,
        cast(null as {{ dbt.type_string() }}) as contact_role,
        cast(null as date) as first_seen_date

),

final as (

    select * from no_roles
    where contact_id is not null
    {%- for system in crm_systems() %}

    union all

    select
        '{{ system }}' as crm_system,
        roles.account_id,
        roles.contact_id,
        roles.contact_role,
        min(roles.seen_date) as first_seen_date
    from {{ system }}_contact_roles as roles
    left join {{ system }}_deleted_contacts as deleted_contacts
        on roles.contact_id = deleted_contacts.contact_id
    where
        roles.contact_role <> ''
        and roles.account_id is not null
        and roles.contact_id is not null
        and deleted_contacts.contact_id is null
    group by roles.account_id, roles.contact_id, roles.contact_role
    {%- endfor %}

)

select * from final

-- Grain: one row per contact, account and role of it that a source of any CRM system names, with
-- the day it was first seen; no row without a CRM system.
-- long because relations and opportunities name people, each in its own shape, versions and ids
with
{%- if 'salesforce' in crm_systems() %}

account_ids as (

    select * from {{ ref('int_crm_id_forms_matched') }}
    where record_kind = 'account'

),

contact_ids as (

    select * from {{ ref('int_crm_id_forms_matched') }}
    where record_kind = 'contact'

),

other_ids as (

    select * from {{ ref('int_crm_id_forms_matched') }}
    where record_kind in ('opportunity', 'relation', 'contact_role')

),

salesforce_relations as (

    select
        relations.*,
        row_number() over (
            partition by coalesce(
                relation_ids.record_id, relations.account_contact_relation_id
            )
            order by
                {{ version_in_force_first('relations', 'account_contact_relation_id') }}
        ) as newest_first
    from {{ ref('stg_salesforce__account_contact_relations') }} as relations
    left join other_ids as relation_ids
        on
            relations.account_contact_relation_id = relation_ids.id_form
            and relation_ids.record_kind = 'relation'

),

opportunities as (

    select * from {{ ref('int_crm_opportunities_unioned') }}
    where crm_system = 'salesforce'

),

salesforce_parts as (

    select
        parts.*,
        coalesce(opportunity_ids.record_id, parts.opportunity_id) as opportunity_record_id,
        row_number() over (
            partition by coalesce(part_ids.record_id, parts.opportunity_contact_role_id)
            order by
                {{ version_in_force_first('parts', 'opportunity_contact_role_id') }}
        ) as newest_first
    from {{ ref('stg_salesforce__opportunity_contact_roles') }} as parts
    left join other_ids as part_ids
        on
            parts.opportunity_contact_role_id = part_ids.id_form
            and part_ids.record_kind = 'contact_role'
    left join other_ids as opportunity_ids
        on
            parts.opportunity_id = opportunity_ids.id_form
            and opportunity_ids.record_kind = 'opportunity'

),

salesforce_contacts as (

    select
        coalesce(contact_ids.record_id, contacts.contact_id) as contact_id,
        contacts.is_deleted,
        contacts.is_active_version,
        row_number() over (
            partition by coalesce(contact_ids.record_id, contacts.contact_id)
            order by
                {{ version_in_force_first('contacts', 'contact_id') }}
        ) as newest_first
    from {{ ref('stg_salesforce__contacts') }} as contacts
    left join contact_ids
        on contacts.contact_id = contact_ids.id_form

),

salesforce_deleted_contacts as (

    select contact_id
    from salesforce_contacts
    where
        newest_first = 1
        and (is_deleted or not is_active_version)

),

salesforce_statements as (

    select
        account_id,
        contact_id,
        contact_roles,
        coalesce(start_date, {{ reporting_date('created_at') }}) as seen_date
    from salesforce_relations
    where
        newest_first = 1
        and is_active_version
        and not is_deleted

    union all

    select
        opportunities.account_id,
        salesforce_parts.contact_id,
        salesforce_parts.contact_role as contact_roles,
        {{ reporting_date('salesforce_parts.created_at') }} as seen_date
    from salesforce_parts
    inner join opportunities
        on salesforce_parts.opportunity_record_id = opportunities.opportunity_id
    where
        salesforce_parts.newest_first = 1
        and salesforce_parts.is_active_version
        and not salesforce_parts.is_deleted

),

salesforce_mentions as (

    select
        coalesce(account_ids.record_id, statements.account_id) as account_id,
        coalesce(contact_ids.record_id, statements.contact_id) as contact_id,
        statements.contact_roles,
        statements.seen_date
    from salesforce_statements as statements
    left join account_ids
        on statements.account_id = account_ids.id_form
    left join contact_ids
        on statements.contact_id = contact_ids.id_form

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

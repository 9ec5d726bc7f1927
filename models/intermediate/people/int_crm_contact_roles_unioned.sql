-- Grain: one row per contact, account and role of it that a source of any CRM system names, with
-- the day it was first seen; no row without a CRM system.
-- long because relations and opportunities name people, each in its own shape
with contact_ids as (

    select * from {{ ref('int_crm_id_forms_matched') }}
    where record_kind = 'contact'

),

part_ids as (

    select * from {{ ref('int_crm_id_forms_matched') }}
    where record_kind = 'contact_role'

),

opportunity_ids as (

    select * from {{ ref('int_crm_id_forms_matched') }}
    where record_kind = 'opportunity'

),

relations as (

    select * from {{ ref('int_crm_contact_relations_unioned') }}

),

opportunities as (

    select * from {{ ref('int_crm_opportunities_unioned') }}

),

deleted_contacts as (

    select * from {{ ref('int_crm_contacts_unioned') }}
    where is_deleted

),
{%- for system in crm_systems() %}

{{ system }}_parts as (

    select
        parts.*,
        coalesce(opportunity_ids.record_id, parts.opportunity_id) as opportunity_record_id,
        coalesce(contact_ids.record_id, parts.contact_id) as contact_record_id,
        row_number() over (
            partition by coalesce(part_ids.record_id, parts.opportunity_contact_role_id)
            order by
                {{ version_in_force_first('parts', 'opportunity_contact_role_id') }}
        ) as newest_first
    from {{ ref('stg_' ~ system ~ '__opportunity_contact_roles') }} as parts
    left join part_ids
        on parts.opportunity_contact_role_id = part_ids.id_form
    left join opportunity_ids
        on parts.opportunity_id = opportunity_ids.id_form
    left join contact_ids
        on parts.contact_id = contact_ids.id_form

),
{%- endfor %}

mentions as (

    select
        crm_system,
        account_id,
        contact_id,
        contact_roles,
        coalesce(start_date, {{ reporting_date('created_at') }}) as seen_date
    from relations
    {%- for system in crm_systems() %}

    union all

    select
        opportunities.crm_system,
        opportunities.account_id,
        parts.contact_record_id as contact_id,
        parts.contact_role as contact_roles,
        {{ reporting_date('parts.created_at') }} as seen_date
    from {{ system }}_parts as parts
    inner join opportunities
        on
            parts.opportunity_record_id = opportunities.opportunity_id
            and opportunities.crm_system = '{{ system }}'
    where
        parts.newest_first = 1
        and parts.is_active_version
        and not parts.is_deleted
    {%- endfor %}

),

roles as (
    {%- for part in range(1, 11) %}

    select
        crm_system,
        account_id,
        contact_id,
        trim({{ text_part('contact_roles', ';', part) }}) as contact_role,
        seen_date
    from mentions
    {% if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}

),

final as (

    select
        roles.crm_system,
        roles.account_id,
        roles.contact_id,
        roles.contact_role,
        min(roles.seen_date) as first_seen_date
    from roles
    left join deleted_contacts
        on
            roles.crm_system = deleted_contacts.crm_system
            and roles.contact_id = deleted_contacts.contact_id
    where
        roles.contact_role <> ''
        and roles.account_id is not null
        and roles.contact_id is not null
        and deleted_contacts.contact_id is null
    group by roles.crm_system, roles.account_id, roles.contact_id, roles.contact_role

)

select * from final

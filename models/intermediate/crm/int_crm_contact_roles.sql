-- Grain: one row per contact, account and role that a CRM system names, with the day it was first
-- named. Deleted contacts are left out; no rows without a CRM system.
-- long because relations and opportunities name contacts, each in its own shape
{{ config(enabled=is_on('crm')) }}
with contact_ids as (

    select * from {{ ref('int_crm_id_forms') }}
    where record_kind = 'contact'

),

part_ids as (

    select * from {{ ref('int_crm_id_forms') }}
    where record_kind = 'contact_role'

),

opportunity_ids as (

    select * from {{ ref('int_crm_id_forms') }}
    where record_kind = 'opportunity'

),

relations as (

    select * from {{ ref('int_crm_contact_relations') }}

),

opportunities as (

    select * from {{ ref('int_crm_opportunities') }}

),
{%- for system in crm_systems() %}

{{ system }}_contacts as (

    select
        contacts.*,
        coalesce(contact_ids.record_id, contacts.contact_id) as record_id,
        row_number() over (
            partition by coalesce(contact_ids.record_id, contacts.contact_id)
            order by
                {{ version_in_force_first('contacts', 'contact_id') }}
        ) as newest_first
    from {{ ref('stg_' ~ system ~ '__contacts') }} as contacts
    left join contact_ids
        on contacts.contact_id = contact_ids.id_form

),
{%- endfor %}
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

contacts as (

    select
        cast(null as {{ dbt.type_string() }}) as crm_system,
        record_id as contact_id,
        cast(null as date) as left_company_date,
        cast(null as boolean) as is_deleted
    from contact_ids
    where 1 = 0
    {%- for system in crm_systems() %}

    union all

    -- a contact without a version in force was deleted upstream
    select
        '{{ system }}' as crm_system,
        record_id as contact_id,
        left_company_date,
        is_deleted or not is_active_version as is_deleted
    from {{ system }}_contacts
    where newest_first = 1
    {%- endfor %}

),

mentions as (

    select
        crm_system,
        account_id,
        contact_id,
        contact_roles,
        coalesce(start_date, {{ reporting_date('created_at') }}) as named_date
    from relations
    {%- for system in crm_systems() %}

    union all

    select
        opportunities.crm_system,
        opportunities.account_id,
        parts.contact_record_id as contact_id,
        parts.contact_role as contact_roles,
        {{ reporting_date('parts.created_at') }} as named_date
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
        named_date
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
        min(roles.named_date) as first_named_date,
        min(contacts.left_company_date) as left_company_date
    from roles
    left join contacts
        on
            roles.crm_system = contacts.crm_system
            and roles.contact_id = contacts.contact_id
    where
        roles.contact_role <> ''
        and roles.account_id is not null
        and roles.contact_id is not null
        and not coalesce(contacts.is_deleted, false)
    group by roles.crm_system, roles.account_id, roles.contact_id, roles.contact_role

)

select * from final

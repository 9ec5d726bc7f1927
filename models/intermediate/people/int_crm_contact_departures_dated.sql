-- Grain: one row per contact and account of any CRM system that the contact left, with the day; no
-- row without a CRM system. An account of null: the company as a whole.
-- long because relations and contacts each have versions and ids of two forms
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

relation_ids as (

    select * from {{ ref('int_crm_id_forms_matched') }}
    where record_kind = 'relation'

),

salesforce_relations as (

    select
        relations.*,
        coalesce(account_ids.record_id, relations.account_id) as account_record_id,
        coalesce(contact_ids.record_id, relations.contact_id) as contact_record_id,
        row_number() over (
            partition by coalesce(
                relation_ids.record_id, relations.account_contact_relation_id
            )
            order by
                {{ version_in_force_first('relations', 'account_contact_relation_id') }}
        ) as newest_first
    from {{ ref('stg_salesforce__account_contact_relations') }} as relations
    left join relation_ids
        on relations.account_contact_relation_id = relation_ids.id_form
    left join account_ids
        on relations.account_id = account_ids.id_form
    left join contact_ids
        on relations.contact_id = contact_ids.id_form

),

salesforce_contacts as (

    select
        contacts.*,
        coalesce(contact_ids.record_id, contacts.contact_id) as record_id,
        row_number() over (
            partition by coalesce(contact_ids.record_id, contacts.contact_id)
            order by
                {{ version_in_force_first('contacts', 'contact_id') }}
        ) as newest_first
    from {{ ref('stg_salesforce__contacts') }} as contacts
    left join contact_ids
        on contacts.contact_id = contact_ids.id_form

),

salesforce_departures as (

    -- where nobody stated the day, it was known at the latest when the relation was last changed
    select
        account_record_id as account_id,
        contact_record_id as contact_id,
        case
            when end_date is not null then end_date
            when not is_active then {{ reporting_date('last_modified_at') }}
        end as left_date
    from salesforce_relations
    where
        newest_first = 1
        and is_active_version
        and not is_deleted

    union all

    select
        cast(null as {{ dbt.type_string() }}) as account_id,
        record_id as contact_id,
        left_company_date as left_date
    from salesforce_contacts
    where
        newest_first = 1
        and is_active_version
        and not is_deleted

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

-- Grain: one row per contact and account of any CRM system that the contact left, with the day; no
-- row without a CRM system. An account of null: the company as a whole.
with relations as (

    select * from {{ ref('int_crm_contact_relations_unioned') }}

),

contacts as (

    select * from {{ ref('int_crm_contacts_unioned') }}
    where not is_deleted

),

departures as (

    -- where nobody stated the day, it was known at the latest when the relation was last changed
    select
        crm_system,
        account_id,
        contact_id,
        case
            when end_date is not null then end_date
            when not is_active then {{ reporting_date('last_modified_at') }}
        end as left_date
    from relations

    union all

    select
        crm_system,
        cast(null as {{ dbt.type_string() }}) as account_id,
        contact_id,
        left_company_date as left_date
    from contacts

),

final as (

    select
        crm_system,
        account_id,
        contact_id,
        min(left_date) as left_date
    from departures
    where left_date <= {{ as_of_date() }}
    group by crm_system, account_id, contact_id

)

select * from final

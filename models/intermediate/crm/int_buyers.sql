-- Grain: one row per customer, contact and buyer role, with the days the contact joined and left.
-- long because a contact leaves an account, or its company, before it leaves the customer
{{ config(enabled=is_on('crm')) }}
with roles as (

    select
        *,
        {{ buyer_role('contact_role') }} as buyer_role
    from {{ ref('int_crm_contact_roles') }}

),

relations as (

    select * from {{ ref('int_crm_contact_relations') }}

),

record_merges as (

    select * from {{ ref('int_surviving_record_spans') }}
    where until_month_index is null

),

customers as (

    select * from {{ ref('int_customers') }}

),

-- without a stated day, a relation ended at the latest when it was last changed
departures as (

    select
        crm_system,
        account_id,
        contact_id,
        case
            when end_date is not null then end_date
            when not is_active then {{ reporting_date('last_modified_at') }}
        end as left_date
    from relations

),

-- one who came back left with the last relation
account_departures as (

    select
        crm_system,
        account_id,
        contact_id,
        max(left_date) as left_date
    from departures
    group by crm_system, account_id, contact_id
    having count(case when left_date <= {{ as_of_date() }} then 1 end) = count(*)

),

dated as (

    select
        coalesce(record_merges.holder_record_id, roles.account_id) as customer_id,
        roles.contact_id,
        roles.buyer_role,
        roles.first_named_date,
        account_departures.left_date as left_account_date,
        case
            when roles.left_company_date <= {{ as_of_date() }} then roles.left_company_date
        end as left_company_date
    from roles
    left join account_departures
        on
            roles.crm_system = account_departures.crm_system
            and roles.contact_id = account_departures.contact_id
            and roles.account_id = account_departures.account_id
    left join record_merges
        on
            roles.crm_system = record_merges.record_system
            and roles.account_id = record_merges.record_id
    where roles.buyer_role is not null

),

departed as (

    select
        *,
        case
            when left_company_date is null or left_account_date <= left_company_date
                then left_account_date
            else left_company_date
        end as left_date
    from dated

),

-- at a customer of several accounts a contact stays until it left the last of them
final as (

    select
        departed.customer_id,
        departed.contact_id,
        departed.buyer_role,
        min(departed.first_named_date) as joined_date,
        case when count(departed.left_date) = count(*) then max(departed.left_date) end as left_date
    from departed
    inner join customers
        on departed.customer_id = customers.customer_id
    where coalesce(departed.first_named_date <= {{ as_of_date() }}, true)
    group by departed.customer_id, departed.contact_id, departed.buyer_role

)

select * from final

-- Grain: one row per customer, contact and buyer role, with the days the contact came and left.
with roles as (

    select
        *,
        {{ buyer_role('contact_role') }} as buyer_role
    from {{ ref('int_crm_contact_roles_unioned') }}

),

departures as (

    select * from {{ ref('int_crm_contact_departures_dated') }}

),

record_merges as (

    select * from {{ ref('int_customer_merges_resolved') }}

),

customers as (

    select * from {{ ref('int_customers_listed') }}

),

dated as (

    select
        coalesce(record_merges.surviving_record_id, roles.account_id) as customer_id,
        roles.contact_id,
        roles.buyer_role,
        roles.first_seen_date,
        case
            when
                of_company.left_date is null
                or of_account.left_date <= of_company.left_date
                then of_account.left_date
            else of_company.left_date
        end as left_date
    from roles
    left join departures as of_account
        on
            roles.crm_system = of_account.crm_system
            and roles.contact_id = of_account.contact_id
            and roles.account_id = of_account.account_id
    left join departures as of_company
        on
            roles.crm_system = of_company.crm_system
            and roles.contact_id = of_company.contact_id
            and of_company.account_id is null
    left join record_merges
        on
            roles.crm_system = record_merges.record_system
            and roles.account_id = record_merges.record_id
    where roles.buyer_role is not null

),

-- at a customer of several accounts a contact is there for as long as at one of them
final as (

    select
        dated.customer_id,
        dated.contact_id,
        dated.buyer_role,
        min(dated.first_seen_date) as joined_date,
        case when count(dated.left_date) = count(*) then max(dated.left_date) end as left_date
    from dated
    inner join customers
        on dated.customer_id = customers.customer_id
    where coalesce(dated.first_seen_date <= {{ as_of_date() }}, true)
    group by dated.customer_id, dated.contact_id, dated.buyer_role

)

select * from final

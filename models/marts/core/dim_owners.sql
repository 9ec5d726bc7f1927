-- Grain: one row per user of the CRM system who owns a customer or an opportunity, now or once.
{{ config(enabled=is_on('core', ['crm'])) }}
with owner_spans as (

    select * from {{ ref('int_customer_owner_spans') }}

),

users as (

    select * from {{ ref('int_crm_users') }}

),

customer_owners as (

    select
        owner_id,
        count(case when owner_role = 'csm' then owner_id end) > 0 as is_csm,
        count(case when owner_role = 'am' then owner_id end) > 0 as is_am
    from owner_spans
    group by owner_id

),

final as (

    select
        coalesce(customer_owners.owner_id, users.user_id) as owner_id,
        users.owner_name,
        users.department as owner_department,
        users.manager_user_id as manager_owner_id,
        coalesce(customer_owners.is_csm, false) as is_csm,
        coalesce(customer_owners.is_am, false) as is_am,
        coalesce(users.is_opportunity_owner, false) as is_opportunity_owner,
        coalesce(users.is_active, false) as is_active
    from customer_owners
    full join users
        on customer_owners.owner_id = users.user_id
    where
        customer_owners.owner_id is not null
        or users.is_opportunity_owner

)

select * from final

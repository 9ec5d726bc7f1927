-- Grain: one row per role of contacts as the CRM writes it, with the buyer role it counts as.
{{ config(enabled=is_on('customer_health', ['crm'])) }}
with contact_roles as (

    select
        *,
        {{ buyer_role('contact_role') }} as buyer_role
    from {{ ref('int_crm_contact_roles') }}

),

final as (

    select
        crm_system,
        contact_role,
        coalesce(buyer_role, 'unmapped') as buyer_role,
        cast(count(distinct contact_id) as bigint) as contacts,
        cast(count(distinct account_id) as bigint) as accounts
    from contact_roles
    group by crm_system, contact_role, buyer_role

)

select * from final

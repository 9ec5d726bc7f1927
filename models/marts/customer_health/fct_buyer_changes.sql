-- Grain: one row per customer, contact, buyer role and change: a buyer who came, a buyer who left.
{{ config(enabled=is_on('customer_health', ['crm'])) }}
with buyers as (

    select * from {{ ref('int_buyers') }}

),

customers as (

    select * from {{ ref('dim_customers') }}

),

changes as (

    select
        customer_id,
        contact_id,
        buyer_role,
        'joined' as buyer_change,
        joined_date as change_date
    from buyers
    where joined_date is not null

    union all

    select
        customer_id,
        contact_id,
        buyer_role,
        'left' as buyer_change,
        left_date as change_date
    from buyers
    where left_date is not null

),

final as (

    select
        changes.customer_id,
        customers.customer_name,
        changes.contact_id,
        changes.buyer_role,
        changes.buyer_change,
        changes.change_date
    from changes
    left join customers
        on changes.customer_id = customers.customer_id

)

select * from final

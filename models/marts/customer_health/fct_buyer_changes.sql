-- Grain: one row per customer, contact, buyer role and change: a buyer who came, a buyer who left.
with buyers as (

    select * from {{ ref('int_buyers') }}

),

final as (

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

)

select * from final

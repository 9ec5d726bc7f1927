-- Grain: one row per opportunity won in any CRM system that is on; no row without a CRM system.
with final as (

    select
        crm_system,
        opportunity_id,
        customer_id,
        is_renewal,
        close_date,
        close_month_index,
        currency,
        amount_in_currency,
        opportunity_arr,
        unusable_reason,
        sourced_by,
        opportunity_owner_id
    from {{ ref('int_opportunities_valued') }}
    where is_won

)

select * from final

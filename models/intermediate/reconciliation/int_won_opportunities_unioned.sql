-- Grain: one row per opportunity won in any CRM system that is on; no row without a CRM system.
with won as (

    select
        *,
        {{ sourcing_team('sourced_by') }} as named_team
    from {{ ref('int_opportunities_valued') }}
    where is_won

),

final as (

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
        first_year_billings,
        unusable_reason,
        coalesce(named_team, 'unattributed') as sourcing_team,
        coalesce(named_team is null and trim(sourced_by) <> '', false) as is_unmapped_source,
        sourced_by,
        opportunity_owner_id
    from won

)

select * from final

-- Grain: one row per won opportunity that professional services sourced, renewals left out.
{{ config(enabled=is_on('growth', ['crm'])) }}
with opportunities as (

    select * from {{ ref('fct_won_opportunities') }}

),

final as (

    select
        crm_system,
        opportunity_id,
        customer_id,
        close_date,
        outcome,
        movement_month,
        first_year_billings,
        cast({{ professional_services_bonus_percent() }} as numeric(9, 4)) as bonus_percent,
        {{ rounded_share(
            'first_year_billings', professional_services_bonus_percent(), '100'
        ) }} as bonus_amount
    from opportunities
    where
        sourcing_team = 'professional_services'
        and not is_renewal

)

select * from final

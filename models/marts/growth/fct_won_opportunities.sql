-- Grain: one row per opportunity won in any CRM system, with its effect on the ledger.
{{ config(enabled=is_on('growth', ['crm'])) }}
with opportunities as (

    select * from {{ ref('int_opportunity_matches') }}

),

movements as (

    select * from {{ ref('int_arr_movements') }}
    where
        is_customer
        and movement_type in ('new', 'reactivation', 'expansion')

),

credits as (

    select
        crm_system,
        opportunity_id,
        sum(arr) as credited_arr
    from {{ ref('int_expansion_attribution') }}
    group by crm_system, opportunity_id

),

final as (

    select
        opportunities.crm_system,
        opportunities.opportunity_id,
        opportunities.customer_id,
        opportunities.close_date,
        opportunities.sourcing_team,
        opportunities.is_unmapped_source,
        opportunities.is_renewal,
        opportunities.opportunity_arr,
        opportunities.first_year_billings,
        coalesce(movements.movement_type, {{ unmatched_reason() }}) as outcome,
        cast({{ month_text('movements.month_index') }} || '-01' as date) as movement_month,
        cast(coalesce(credits.credited_arr, 0) as {{ type_money() }}) as expansion_arr
    from opportunities
    left join movements
        on
            opportunities.customer_id = movements.account_id
            and opportunities.movement_month_index = movements.month_index
    left join credits
        on
            opportunities.crm_system = credits.crm_system
            and opportunities.opportunity_id = credits.opportunity_id

)

select * from final

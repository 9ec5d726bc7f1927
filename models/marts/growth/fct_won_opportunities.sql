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
        opportunity_key,
        sum(arr) as credited_arr
    from {{ ref('int_expansion_attribution') }}
    group by opportunity_key

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
            opportunities.customer_key = movements.account_key
            and opportunities.movement_month_index = movements.month_index
    left join credits
        on opportunities.opportunity_key = credits.opportunity_key

)

select * from final

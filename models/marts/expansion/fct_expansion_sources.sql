-- Grain: one row per expansion of a customer and opportunity that started it, and one, without an
-- opportunity, for what no win accounts for.
with expansions as (

    select * from {{ ref('int_expansions_split_by_kind') }}

),

opportunities as (

    select * from {{ ref('int_opportunities_matched') }}

),

months as (

    select * from {{ ref('int_calendar_months') }}

),

counted as (

    select
        *,
        count(opportunity_id) over (partition by customer_id, month_index) as opportunities
    from expansions

),

final as (

    select
        counted.customer_id,
        months.date_month,
        counted.crm_system,
        counted.opportunity_id,
        coalesce(opportunities.sourcing_team, 'unattributed') as sourcing_team,
        coalesce(opportunities.is_unmapped_source, false) as is_unmapped_source,
        case
            when counted.opportunity_id is not null then 'won'
            when counted.opportunities > 0 then 'beyond_what_was_won'
            else 'no_opportunity'
        end as attribution,
        counted.expansion_arr,
        counted.upsell_arr,
        counted.cross_sell_arr,
        opportunities.opportunity_arr
    from counted
    inner join months
        on counted.month_index = months.month_index
    left join opportunities
        on
            counted.crm_system = opportunities.crm_system
            and counted.opportunity_id = opportunities.opportunity_id

)

select * from final

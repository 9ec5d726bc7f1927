-- Grain: one row per expansion of a customer and won opportunity credited with it, and one without
-- an opportunity for the rest.
-- long because cross-sell is laid over the parts of an expansion before they are summed
{{ config(enabled=is_on('growth', ['crm'])) }}
with parts as (

    select * from {{ ref('int_expansion_attribution') }}

),

drivers as (

    select * from {{ ref('int_arr_drivers') }}
    where movement_type = 'expansion'

),

expansions as (

    select
        customer_id,
        month_index,
        cast(sum(arr_change) as {{ type_money() }}) as arr_change,
        cast(
            sum(case when driver = 'cross_sell' then arr_change else 0 end) as {{ type_money() }}
        ) as cross_sell_arr
    from drivers
    group by customer_id, month_index

),

-- cross-sell goes first to evidence of it, then to wins without evidence, then to the part without
-- a win, and last to evidence of upsell
ordered as (

    select
        parts.*,
        expansions.arr_change,
        expansions.cross_sell_arr as expansion_cross_sell_arr,
        cast(sum(parts.arr) over (
            partition by parts.customer_id, parts.month_index
            order by
                case
                    when parts.evidence = 'cross_sell' then 1
                    when parts.evidence = 'upsell' then 4
                    when parts.opportunity_key is null then 3
                    else 2
                end asc,
                parts.opportunity_key asc nulls last
            rows between unbounded preceding and current row
        ) as {{ type_money() }}) as until_arr
    from parts
    inner join expansions
        on
            parts.customer_id = expansions.customer_id
            and parts.month_index = expansions.month_index

),

-- if ARR was lost beside it, cross-sell is larger than the movement, and each part has its share
divided as (

    select
        *,
        case
            when expansion_cross_sell_arr between 0 and arr_change
                then greatest(0, least(until_arr, expansion_cross_sell_arr) - (until_arr - arr))
            else
                {{ rounded_share('expansion_cross_sell_arr', 'until_arr', 'arr_change') }}
                - {{ rounded_share('expansion_cross_sell_arr', '(until_arr - arr)', 'arr_change') }}
        end as cross_sell_arr
    from ordered

),

expansions_by_win as (

    select
        customer_id,
        month_index,
        opportunity_key,
        cast(sum(arr) as {{ type_money() }}) as expansion_arr,
        cast(sum(arr - cross_sell_arr) as {{ type_money() }}) as upsell_arr,
        cast(sum(cross_sell_arr) as {{ type_money() }}) as cross_sell_arr
    from divided
    group by customer_id, month_index, opportunity_key

),

opportunities as (

    select * from {{ ref('int_opportunity_matches') }}

),

months as (

    select * from {{ ref('int_calendar_months') }}

),

counted as (

    select
        *,
        count(opportunity_key) over (partition by customer_id, month_index) as opportunities
    from expansions_by_win

),

final as (

    select
        counted.customer_id,
        months.date_month,
        opportunities.crm_system,
        opportunities.opportunity_id,
        coalesce(opportunities.sourcing_team, 'unattributed') as sourcing_team,
        coalesce(opportunities.is_unmapped_source, false) as is_unmapped_source,
        case
            when counted.opportunity_key is not null then 'won'
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
        on counted.opportunity_key = opportunities.opportunity_key

)

select * from final

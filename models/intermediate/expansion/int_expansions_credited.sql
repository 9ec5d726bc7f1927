-- Grain: one row per expansion of a customer and opportunity credited with it, and one, without an
-- opportunity, for what no win accounts for.
-- long because what is left is computed beside what is credited
with expansions as (

    select * from {{ ref('int_arr_movements_classified') }}
    where
        is_customer
        and movement_type = 'expansion'

),

opportunities as (

    select * from {{ ref('int_opportunities_matched') }}

),

matched as (

    select
        expansions.account_id as customer_id,
        expansions.month_index,
        expansions.arr_change,
        opportunities.crm_system,
        opportunities.opportunity_id,
        opportunities.opportunity_arr,
        cast(sum(opportunities.opportunity_arr) over (
            partition by expansions.account_id, expansions.month_index
        ) as {{ type_money() }}) as won_arr,
        cast(sum(opportunities.opportunity_arr) over (
            partition by expansions.account_id, expansions.month_index
            order by opportunities.crm_system nulls last, opportunities.opportunity_id nulls last
            rows between unbounded preceding and current row
        ) as {{ type_money() }}) as won_so_far_arr
    from expansions
    inner join opportunities
        on
            expansions.account_id = opportunities.customer_id
            and expansions.month_index = opportunities.movement_month_index

),

-- a win counts as it is; where more was won than grew, each has its share of the growth. The
-- running total is rounded, so that the shares sum to the cent
credited as (

    select
        *,
        case
            when won_arr <= arr_change then opportunity_arr
            else
                {{ rounded_share('arr_change', 'won_so_far_arr', 'won_arr') }}
                - {{ rounded_share('arr_change', '(won_so_far_arr - opportunity_arr)', 'won_arr') }}
        end as credited_arr
    from matched

),

credited_sums as (

    select
        customer_id,
        month_index,
        sum(credited_arr) as credited_arr
    from credited
    group by customer_id, month_index

),

final as (

    select
        customer_id,
        month_index,
        crm_system,
        opportunity_id,
        cast(credited_arr as {{ type_money() }}) as credited_arr
    from credited

    union all

    select
        expansions.account_id as customer_id,
        expansions.month_index,
        cast(null as {{ dbt.type_string() }}) as crm_system,
        cast(null as {{ dbt.type_string() }}) as opportunity_id,
        cast(
            expansions.arr_change - coalesce(credited_sums.credited_arr, 0) as {{ type_money() }}
        ) as credited_arr
    from expansions
    left join credited_sums
        on
            expansions.account_id = credited_sums.customer_id
            and expansions.month_index = credited_sums.month_index
    where expansions.arr_change > coalesce(credited_sums.credited_arr, 0)

)

select * from final

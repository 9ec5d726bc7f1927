-- Grain: one row per row of int_expansions_credited, cut into cross-sell and upsell so that both
-- sum to the drivers of the movement.
with pieces as (

    select * from {{ ref('int_expansion_pieces_told') }}

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

-- cross-sell goes first to wins that tell of it, then to wins that tell nothing, then to what
-- nobody won, and last to wins that tell of upsell
laid_out as (

    select
        pieces.*,
        expansions.arr_change,
        expansions.cross_sell_arr as expansion_cross_sell_arr,
        cast(sum(pieces.arr) over (
            partition by pieces.customer_id, pieces.month_index
            order by
                case
                    when pieces.told = 'cross_sell' then 1
                    when pieces.told = 'upsell' then 4
                    when pieces.opportunity_id is null then 3
                    else 2
                end asc,
                pieces.crm_system asc nulls last,
                pieces.opportunity_id asc nulls last
            rows between unbounded preceding and current row
        ) as {{ type_money() }}) as until_arr
    from pieces
    inner join expansions
        on
            pieces.customer_id = expansions.customer_id
            and pieces.month_index = expansions.month_index

),

-- where something was lost beside the cross-sell it is larger than the movement, and each piece has
-- its share of it
cut as (

    select
        *,
        case
            when expansion_cross_sell_arr between 0 and arr_change
                then greatest(0, least(until_arr, expansion_cross_sell_arr) - (until_arr - arr))
            else
                {{ rounded_share('expansion_cross_sell_arr', 'until_arr', 'arr_change') }}
                - {{ rounded_share('expansion_cross_sell_arr', '(until_arr - arr)', 'arr_change') }}
        end as cross_sell_arr
    from laid_out

),

final as (

    select
        customer_id,
        month_index,
        crm_system,
        opportunity_id,
        cast(sum(arr) as {{ type_money() }}) as expansion_arr,
        cast(sum(arr - cross_sell_arr) as {{ type_money() }}) as upsell_arr,
        cast(sum(cross_sell_arr) as {{ type_money() }}) as cross_sell_arr
    from cut
    group by customer_id, month_index, crm_system, opportunity_id

)

select * from final

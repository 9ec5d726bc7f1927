-- Grain: one row per customer, month and type of movement and stretch of months [from, until) in
-- which the movement counts differently in a bridge over the last twelve months than in NDR.
with movements as (

    select * from {{ ref('int_arr_movements_classified') }}
    where is_customer

),

sets as (

    select * from {{ ref('int_customer_segment_sets') }}

),

states as (

    select * from {{ ref('int_base_states_spanned') }}

),

-- a movement of month m is in the twelve months that end in m, in m + 1 and up to m + 11
matched as (

    select
        movements.account_id,
        movements.month_index as moved_month_index,
        movements.movement_type,
        coalesce(
            movements.movement_type in ('expansion', 'contraction', 'churn'), false
        ) as is_in_bridge,
        movements.arr_change,
        greatest(movements.month_index, states.from_month_index + 12) as from_month_index,
        least(movements.month_index, states.until_month_index) + 12 as until_month_index,
        states.customer_state,
        coalesce(sets.segment_set_key, {{ unknown_segment_set() }}) as segment_set_key,
        states.segment_set_key as base_segment_set_key
    from movements
    inner join states
        on
            movements.account_id = states.account_id
            and movements.month_index > states.from_month_index
            and movements.month_index - 12 < states.until_month_index
    {{ segment_set_at('movements', 'sets', 'movements.month_index', 'account_id') }}

),

final as (

    select
        *,
        case
            when customer_state <> 'base'
                then movement_type || '_of_customers_' || customer_state || '_since'
            when is_in_bridge then 'moves_between_segments'
            when movement_type in ('reactivation', 'fx', 'transfer')
                then movement_type || '_of_base_customers'
            else 'other_movements_of_base_customers'
        end as cause
    from matched
    where
        (is_in_bridge and customer_state <> 'base')
        or (not is_in_bridge and customer_state = 'base')
        or (customer_state = 'base' and segment_set_key <> base_segment_set_key)

)

select * from final

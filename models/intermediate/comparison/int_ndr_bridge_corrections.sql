-- Grain: one row per customer, set of segments, cause and span of months [from, until) in which a
-- bridge over twelve months has to be corrected to give the ARR that NDR counts.
-- long because a correction leaves one segment and enters another
{{ config(enabled=is_on('comparison')) }}
with spans as (

    select * from {{ ref('int_account_spans') }}
    where is_customer

),

movements as (

    select * from {{ ref('int_arr_movements') }}
    where is_customer

),

sets as (

    select * from {{ ref('int_customer_segment_sets') }}

),

-- months before the first change of a customer
beginnings as (

    select
        account_id,
        min(from_month_index) as until_month_index
    from spans
    group by account_id

),

-- what a customer is to a base month: part of the base, not won yet, or returned after it
states as (

    select
        account_id,
        0 as from_month_index,
        until_month_index,
        'won' as customer_state,
        cast(0 as {{ type_money() }}) as arr,
        {{ unknown_segment_set() }} as segment_set_key
    from beginnings

    union all

    select
        spans.account_id,
        greatest(
            spans.from_month_index,
            coalesce(sets.from_month_index, spans.from_month_index)
        ) as from_month_index,
        least(
            coalesce(spans.until_month_index, {{ open_month_index() }}),
            coalesce(sets.until_month_index, {{ open_month_index() }})
        ) as until_month_index,
        -- below zero before its first ARR is not won yet
        case
            when {{ is_active('spans.arr') }} then 'base'
            when spans.from_month_index > spans.first_month_index then 'returned'
            else 'won'
        end as customer_state,
        spans.arr,
        coalesce(sets.segment_set_key, {{ unknown_segment_set() }}) as segment_set_key
    from spans
    left join sets
        on
            spans.account_id = sets.customer_id
            and spans.from_month_index
            < coalesce(sets.until_month_index, {{ open_month_index() }})
            and coalesce(spans.until_month_index, {{ open_month_index() }})
            > sets.from_month_index

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

caused as (

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

),

-- out of the segment in which the bridge counts it, into the segment of the base month
corrections as (

    select
        account_id,
        segment_set_key,
        cause,
        from_month_index,
        until_month_index,
        -arr_change as arr
    from caused
    where is_in_bridge

    union all

    select
        account_id,
        base_segment_set_key as segment_set_key,
        cause,
        from_month_index,
        until_month_index,
        arr_change as arr
    from caused
    where customer_state = 'base'

    union all

    select
        account_id,
        segment_set_key,
        'balances_below_zero' as cause,
        from_month_index + 12 as from_month_index,
        until_month_index + 12 as until_month_index,
        -arr as arr
    from states
    where arr < 0

),

final as (

    select
        account_id,
        segment_set_key,
        cause,
        from_month_index,
        until_month_index,
        cast(sum(arr) as {{ type_money() }}) as arr
    from corrections
    group by account_id, segment_set_key, cause, from_month_index, until_month_index

)

select * from final

-- Grain: one row per customer, month, movement type and set of segments at the end of the month,
-- and apart from these what a customer carries from one set to another.
-- long because transfers between sets are found beside the movements of contracts
with movements as (

    select * from {{ ref('int_arr_movements') }}
    where is_customer

),

sets as (

    select * from {{ ref('int_customer_segment_sets') }}

),

spans as (

    select * from {{ ref('int_account_spans') }}
    where is_customer

),

-- the opening ARR that a customer takes from the set it leaves to the one it enters
carried as (

    select
        entered.customer_key,
        entered.from_month_index as month_index,
        was_in.segment_set_key as old_segment_set_key,
        entered.segment_set_key as new_segment_set_key,
        spans.arr
    from sets as entered
    inner join sets as was_in
        on
            entered.customer_key = was_in.customer_key
            and entered.from_month_index = was_in.until_month_index
    inner join spans
        on
            entered.customer_key = spans.account_key
            and entered.from_month_index > spans.from_month_index
            and entered.from_month_index <= {{ or_open('spans.until_month_index') }}
    where
        spans.arr <> 0
        and entered.segment_set_key <> was_in.segment_set_key
        and entered.from_month_index <= {{ last_published_month_index() }}

),

set_transfers as (

    select
        customer_key,
        old_segment_set_key as segment_set_key,
        month_index,
        cast(-arr as {{ type_money() }}) as arr_change,
        case when {{ is_active('arr') }} then -1 else 0 end as customers_change
    from carried

    union all

    select
        customer_key,
        new_segment_set_key as segment_set_key,
        month_index,
        arr as arr_change,
        case when {{ is_active('arr') }} then 1 else 0 end as customers_change
    from carried

),

final as (

    select
        movements.account_key as customer_key,
        movements.month_index,
        movements.movement_type,
        coalesce(sets.segment_set_key, {{ unknown_segment_set() }}) as segment_set_key,
        false as is_between_segments,
        movements.arr_change,
        case when {{ is_active('movements.ending_arr') }} then 1 else 0 end
        - case when {{ is_active('movements.beginning_arr') }} then 1 else 0 end as customers_change
    from movements
    {{ segment_set_at('movements', 'sets', 'movements.month_index', 'account_key') }}

    union all

    select
        customer_key,
        month_index,
        'transfer' as movement_type,
        segment_set_key,
        true as is_between_segments,
        arr_change,
        customers_change
    from set_transfers

)

select * from final

-- Grain: one row per customer, month, movement type and set of segments at the end of the month,
-- and apart from these what a customer carries from one set to another.
with movements as (

    select * from {{ ref('int_arr_movements_classified') }}
    where is_customer

),

sets as (

    select * from {{ ref('int_customer_segment_sets') }}

),

set_transfers as (

    select * from {{ ref('int_segment_transfers_classified') }}

),

accounts as (

    select * from {{ ref('int_account_keys') }}

),

final as (

    select
        movements.account_id as customer_id,
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
        accounts.account_id as customer_id,
        set_transfers.customer_key,
        set_transfers.month_index,
        'transfer' as movement_type,
        set_transfers.segment_set_key,
        true as is_between_segments,
        set_transfers.arr_change,
        set_transfers.customers_change
    from set_transfers
    inner join accounts
        on set_transfers.customer_key = accounts.account_key

)

select * from final

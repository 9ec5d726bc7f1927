-- Grain: one row per currency of contracts, month and movement type: what moved the ARR that is
-- contracted in the currency. A customer has one movement; its parts by currency stand under it.
with changes as (

    select
        *,
        from_month_index as month_index
    from {{ ref('int_arr_spans') }}

),

movements as (

    select
        account_id as customer_id,
        month_index,
        movement_type
    from {{ ref('int_arr_movements_classified') }}
    where
        is_customer
        and movement_type not in ('fx', 'transfer')

),

parts as (

    -- parts that cancel out went from one currency to another
    select
        changes.currency,
        changes.month_index,
        coalesce(movements.movement_type, 'transfer') as movement_type,
        changes.arr_change - changes.fx_change - changes.transfer_change as arr_change
    from changes
    left join movements
        on
            changes.customer_id = movements.customer_id
            and changes.month_index = movements.month_index

    union all

    select
        currency,
        month_index,
        'fx' as movement_type,
        fx_change as arr_change
    from changes

    union all

    select
        currency,
        month_index,
        'transfer' as movement_type,
        transfer_change as arr_change
    from changes

),

final as (

    select
        currency,
        month_index,
        movement_type,
        cast(sum(arr_change) as {{ type_money() }}) as arr_change
    from parts
    group by currency, month_index, movement_type
    having sum(arr_change) <> 0

)

select * from final

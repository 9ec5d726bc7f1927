-- Grain: one row per segment, customer, month and movement type, and apart from these what a
-- customer carries from one segment to another. A view: the customers behind a cell of the bridge.
with movements as (

    select * from {{ ref('int_arr_movements_by_segment') }}

),

segments as (

    select * from {{ ref('int_segment_set_values') }}
    where not is_book

),

accounts as (

    select * from {{ ref('int_account_keys') }}

),

months as (

    select * from {{ ref('int_calendar_months') }}

),

segmented as (

    select
        segments.segment_type,
        segments.segment_value,
        movements.customer_key,
        movements.month_index,
        movements.movement_type,
        movements.is_between_segments,
        movements.arr_change
    from movements
    inner join segments
        on movements.segment_set_key = segments.segment_set_key
    where not movements.is_between_segments

    union all

    -- who changed one column or its owner stayed where it was in the others
    select
        segments.segment_type,
        segments.segment_value,
        movements.customer_key,
        movements.month_index,
        movements.movement_type,
        movements.is_between_segments,
        cast(sum(movements.arr_change) as {{ type_money() }}) as arr_change
    from movements
    inner join segments
        on movements.segment_set_key = segments.segment_set_key
    where movements.is_between_segments
    group by
        segments.segment_type,
        segments.segment_value,
        movements.customer_key,
        movements.month_index,
        movements.movement_type,
        movements.is_between_segments
    having sum(movements.arr_change) <> 0

),

final as (

    select
        segmented.segment_type,
        segmented.segment_value,
        accounts.account_id as customer_id,
        months.date_month,
        segmented.movement_type,
        segmented.is_between_segments,
        segmented.arr_change
    from segmented
    inner join months
        on segmented.month_index = months.month_index
    inner join accounts
        on segmented.customer_key = accounts.account_key

)

select * from final

-- Grain: one row per segment, customer, month and movement type, and apart from these what a
-- customer carries from one segment to another. A view: the customers behind a cell of the bridge.
with movements as (

    select * from {{ ref('int_arr_movements_segmented') }}
    where segment_type not in ({{ quoted_list(book_columns()) }})

),

months as (

    select * from {{ ref('int_calendar_months') }}

),

final as (

    select
        movements.segment_type,
        movements.segment_value,
        movements.customer_id,
        months.date_month,
        movements.movement_type,
        movements.is_between_segments,
        movements.arr_change
    from movements
    inner join months
        on movements.month_index = months.month_index

)

select * from final

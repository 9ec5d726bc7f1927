-- Grain: one row per segment or book, month and movement type: what moved the ARR of it.
with movements as (

    select * from {{ ref('int_arr_movements_segmented') }}

),

final as (

    select
        segment_type,
        segment_value,
        month_index,
        movement_type,
        cast(sum(arr_change) as {{ type_money() }}) as arr_change
    from movements
    group by segment_type, segment_value, month_index, movement_type

)

select * from final

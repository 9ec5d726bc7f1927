-- Grain: one row per published month and segment.
with sums as (

    select * from {{ ref('int_arr_bridge_sums_monthly') }}
    where segment_type not in ({{ quoted_list(book_columns()) }})

),

final as (

    select
        date_month,
        segment_type,
        segment_value,
        beginning_arr,
        {%- for movement_type in movement_types() %}
        {{ movement_type }}_arr,
        {%- endfor %}
        net_new_arr,
        ending_arr
    from sums

)

select * from final

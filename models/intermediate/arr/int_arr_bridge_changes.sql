-- Grain: one row per segment, month and movement type: what moved the ARR of the segment.
with movements as (

    select * from {{ ref('int_arr_movements_classified') }}
    where is_customer

),

segments as (

    select * from {{ ref('int_customer_segments_spanned') }}

),

segment_transfers as (

    select * from {{ ref('int_segment_transfers_classified') }}

),

-- the segment a customer is in at the end of the month
placed as (

    select
        movements.month_index,
        movements.movement_type,
        movements.arr_change,
        coalesce(segments.segment, 'unknown') as segment,
        coalesce(segments.industry, 'unknown') as industry,
        coalesce(segments.region, 'unknown') as region
    from movements
    left join segments
        on
            movements.account_id = segments.customer_id
            and movements.month_index >= segments.from_month_index
            and movements.month_index
            < coalesce(segments.until_month_index, {{ open_month_index() }})

),

moved as (
    {%- for segment_type in ['all'] + segment_columns() %}

    select
        '{{ segment_type }}' as segment_type,
        {{ "'all'" if segment_type == 'all' else segment_type }} as segment_value,
        month_index,
        movement_type,
        arr_change
    from placed

    union all
    {%- endfor %}

    select
        segment_type,
        segment_value,
        month_index,
        'transfer' as movement_type,
        arr_change
    from segment_transfers

),

final as (

    select
        segment_type,
        segment_value,
        month_index,
        movement_type,
        cast(sum(arr_change) as {{ type_money() }}) as arr_change
    from moved
    group by segment_type, segment_value, month_index, movement_type

)

select * from final

-- Grain: one row per segment or book, customer, month and movement type, and apart from these what
-- a customer carries from one segment or book to another.
with movements as (

    select * from {{ ref('int_arr_movements_classified') }}
    where is_customer

),

traits as (

    select * from {{ ref('int_customer_traits_spanned') }}

),

segment_transfers as (

    select * from {{ ref('int_segment_transfers_classified') }}

),

-- the segment and books a customer is in at the end of the month
placed as (

    select
        movements.account_id as customer_id,
        movements.month_index,
        movements.movement_type,
        movements.arr_change,
        coalesce(traits.segment, 'unknown') as segment,
        coalesce(traits.industry, 'unknown') as industry,
        coalesce(traits.region, 'unknown') as region,
        coalesce(traits.csm_owner_id, 'unassigned') as csm_owner_id,
        coalesce(traits.am_owner_id, 'unassigned') as am_owner_id,
        coalesce(traits.coverage, 'neither') as coverage
    from movements
    left join traits
        on
            movements.account_id = traits.customer_id
            and movements.month_index >= traits.from_month_index
            and movements.month_index
            < coalesce(traits.until_month_index, {{ open_month_index() }})

),

final as (
    {%- for segment_type in ['all'] + segment_columns() + book_columns() %}

    select
        '{{ segment_type }}' as segment_type,
        {{ "'all'" if segment_type == 'all' else segment_type }} as segment_value,
        customer_id,
        month_index,
        movement_type,
        false as is_between_segments,
        arr_change
    from placed

    union all
    {%- endfor %}

    select
        segment_type,
        segment_value,
        customer_id,
        month_index,
        'transfer' as movement_type,
        true as is_between_segments,
        arr_change
    from segment_transfers

)

select * from final

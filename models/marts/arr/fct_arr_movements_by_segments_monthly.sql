-- Grain: one row per month, set of segment columns and owners at the end of the month, and movement
-- type.
with changes as (

    select
        month_index,
        segment_set_key,
        movement_type,
        cast(sum(arr_change) as {{ type_money() }}) as arr_change,
        cast(sum(customers_change) as bigint) as customers_change,
        -- a customer has one movement of a type in a month, but may have several transfers
        cast(
            count(case when movement_type <> 'transfer' then customer_key end)
            + count(distinct case when movement_type = 'transfer' then customer_key end) as bigint
        ) as customers
    from {{ ref('int_arr_movements_by_segment') }}
    group by month_index, segment_set_key, movement_type

),

months as (

    select * from {{ ref('int_calendar_months') }}

),

sets as (

    select * from {{ ref('int_segment_sets') }}

),

final as (

    select
        months.date_month,
        {{- segments_of('sets') }}
        sets.csm_owner_id,
        sets.am_owner_id,
        sets.coverage,
        sets.segment_set_key,
        changes.movement_type,
        changes.arr_change,
        {{ mrr_of('changes.arr_change') }} as mrr_change,
        changes.customers_change,
        changes.customers
    from changes
    inner join months
        on changes.month_index = months.month_index
    inner join sets
        on changes.segment_set_key = sets.segment_set_key

)

select * from final

-- Grain: one row per month, set of segment columns and owners at the end of the month, and movement
-- type.
with changes as (

    select * from {{ ref('int_arr_bridge_changes') }}

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

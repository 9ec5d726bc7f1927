-- Grain: one row per customer or CRM account merged into another, with the one that survives or the
-- first on a circle of merges; none for those on the circle.
with holders as (

    select * from {{ ref('int_record_holders_spanned') }}
    where until_month_index is null

),

final as (

    select
        holders.record_system,
        holders.record_id,
        holders.holder_record_id as surviving_record_id,
        -- a survivor that is itself merged away lies beyond the last round
        still_merged.record_id is null as is_resolved
    from holders
    left join holders as still_merged
        on
            holders.record_system = still_merged.record_system
            and holders.holder_record_id = still_merged.record_id

)

select * from final

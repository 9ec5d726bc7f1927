-- Grain: one row per set of segment columns and owners that a customer was ever in.
with sets as (

    select * from {{ ref('int_segment_sets') }}

),

final as (

    select
        segment_set_key,
        {{- segments_of() }}
        csm_owner_id,
        am_owner_id,
        coverage
    from sets

)

select * from final

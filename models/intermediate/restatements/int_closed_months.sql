-- Grain: one row per closed month that is published.
{{ config(enabled=is_on('restatements')) }}
with months as (

    select * from {{ ref('stg_closings__months') }}

),

final as (

    select
        closed_month as date_month,
        {{ month_index('closed_month') }} as month_index,
        ending_arr
    from months
    where {{ month_index('closed_month') }} <= {{ last_published_month_index() }}

)

select * from final

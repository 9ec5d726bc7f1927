-- In every month and segment the teams that sourced expansion sum to the expansion of the bridge.
with teams as (

    select
        date_month,
        segment_type,
        segment_value,
        sum(expansion_arr) as expansion_arr,
        sum(share_of_expansion) as shares
    from {{ ref('rpt_expansion_by_source_monthly') }}
    -- books have a bridge of their own
    where segment_type not in ({{ quoted_list(book_columns()) }})
    group by date_month, segment_type, segment_value

),

bridge as (

    select
        date_month,
        segment_type,
        segment_value,
        expansion_arr
    from {{ ref('rpt_arr_bridge_monthly') }}

)

select
    coalesce(bridge.date_month, teams.date_month) as date_month,
    coalesce(bridge.segment_value, teams.segment_value) as segment_value,
    bridge.expansion_arr as expansion_of_bridge,
    teams.expansion_arr as expansion_of_teams
from bridge
full join teams
    on
        bridge.date_month = teams.date_month
        and bridge.segment_type = teams.segment_type
        and bridge.segment_value = teams.segment_value
where
    bridge.date_month is null
    or bridge.expansion_arr <> coalesce(teams.expansion_arr, 0)
    or abs(teams.shares - 1) > 0.000000001

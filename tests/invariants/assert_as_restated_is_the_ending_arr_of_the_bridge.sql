-- Every closed month ends, as restated, with the ARR of the bridge; none is missing in the report.
with restated as (

    select * from {{ ref('rpt_arr_as_reported_monthly') }}

),

closed_months as (

    select * from {{ ref('int_closed_months') }}

),

bridge as (

    select * from {{ ref('rpt_arr_bridge_monthly') }}
    where segment_type = 'all'

)

select
    closed_months.date_month,
    restated.as_restated_arr,
    bridge.ending_arr
from closed_months
left join restated
    on closed_months.date_month = restated.date_month
left join bridge
    on closed_months.date_month = bridge.date_month
where restated.as_restated_arr is distinct from coalesce(bridge.ending_arr, 0)

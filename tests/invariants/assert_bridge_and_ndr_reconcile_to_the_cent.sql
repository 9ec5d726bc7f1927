-- The bridge and all causes sum to the ARR that NDR counts, and their points to NDR; every base has
-- its reconciliation.
with reconciled as (

    select
        date_month,
        segment_type,
        segment_value,
        max(bridge_arr) + sum(cause_arr) as net_retained_arr,
        100 * max(bridge_rate) + sum(cause_points) as ndr_points,
        100 * max(abs(bridge_rate)) + sum(abs(cause_points)) as gross_points,
        count(*) as causes
    from {{ ref('rpt_bridge_to_ndr_reconciliation') }}
    group by date_month, segment_type, segment_value

),

rates as (

    select
        date_month,
        segment_type,
        segment_value,
        net_retained_arr,
        ndr
    from {{ ref('rpt_ndr_grr_monthly') }}
    where
        window_months = 12
        and base_arr > 0

),

causes as (

    select count(*) as causes
    from {{ ref('ndr_bridge_causes') }}

)

select
    rates.date_month,
    rates.segment_type,
    rates.segment_value,
    rates.net_retained_arr,
    reconciled.net_retained_arr as reconciled_arr,
    rates.ndr,
    reconciled.ndr_points as reconciled_points
from rates
cross join causes
left join reconciled
    on
        rates.date_month = reconciled.date_month
        and rates.segment_type = reconciled.segment_type
        and rates.segment_value = reconciled.segment_value
where
    reconciled.date_month is null
    or reconciled.causes <> causes.causes
    or rates.net_retained_arr <> reconciled.net_retained_arr
    -- points are doubles: their last bits are those of what is summed, however small the sum is
    or abs(100 * rates.ndr - reconciled.ndr_points) > 1e-12 * greatest(100, reconciled.gross_points)

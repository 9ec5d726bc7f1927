-- As configured, and every policy that is what is configured anyway, is the bridge and NDR that are
-- published; the strict policy is the strict rate.
with sensitivity as (

    select * from {{ ref('rpt_policy_sensitivity') }}

),

policies as (

    select
        policy,
        coalesce(is_strict, false) as is_strict
    from {{ ref('ledger_policies') }}
    where
        coalesce(grace_days, {{ renewal_grace_days() }}) = {{ renewal_grace_days() }}
        and coalesce(counts_trials, {{ counts_trials() }}) = {{ counts_trials() }}
        and coalesce(nets_discounts, true)
        and not coalesce(caps_per_product, false)

),

bridge as (

    select
        date_month,
        ending_arr
    from {{ ref('rpt_arr_bridge_monthly') }}
    where segment_type = 'all'

),

rates as (

    select * from {{ ref('rpt_ndr_grr_monthly') }}
    where
        segment_type = 'all'
        and window_months = 12

)

select
    policies.policy,
    bridge.date_month,
    bridge.ending_arr,
    sensitivity.ending_arr as policy_ending_arr,
    rates.ndr,
    sensitivity.ndr as policy_ndr
from bridge
cross join policies
left join rates
    on bridge.date_month = rates.date_month
left join sensitivity
    on
        bridge.date_month = sensitivity.date_month
        and policies.policy = sensitivity.policy
where
    sensitivity.date_month is null
    or bridge.ending_arr <> sensitivity.ending_arr
    or rates.base_arr is distinct from sensitivity.base_arr
    or rates.base_customers is distinct from sensitivity.base_customers
    or case when policies.is_strict then rates.ndr_strict else rates.ndr end
    is distinct from sensitivity.ndr
    or case when policies.is_strict then rates.grr_strict else rates.grr end
    is distinct from sensitivity.grr
    or (
        not policies.is_strict
        and rates.net_retained_arr is distinct from sensitivity.net_retained_arr
    )
    or (
        not policies.is_strict
        and rates.gross_retained_arr is distinct from sensitivity.gross_retained_arr
    )

-- Grain: one row per published month, window and segment at the base month, with groups of
-- customers under one parent as one.
with sums as (

    select * from {{ ref('int_retention_sums_monthly') }}
    where account_grain = 'parent'

),

final as (

    select
        date_month,
        window_months,
        segment_type,
        segment_value,
        base_arr,
        base_customers as base_parents,
        net_arr as net_retained_arr,
        gross_arr as gross_retained_arr,
        retained_customers as retained_parents,
        {{ ratio('net_arr', 'base_arr') }} as ndr,
        {{ ratio('gross_arr', 'base_arr') }} as grr,
        {{ ratio('retained_customers', 'base_customers') }} as logo_retention,
        {{ ratio('strict_net_arr', 'base_arr') }} as ndr_strict,
        {{ ratio('strict_gross_arr', 'base_arr') }} as grr_strict,
        {{ ratio('lowest_arr', 'base_arr') }} as grr_running_min,
        base_customers < {{ min_base_logos() }} as is_low_base
    from sums

)

select * from final

-- Grain: one row per past quarter end, months before it at which retention is projected, and
-- segment at the base month.
{{ config(enabled=is_on('forecast')) }}
with projected as (

    select * from {{ ref('int_projected_retention') }}

),

horizons as (

    select * from {{ ref('int_projection_horizons') }}
    where not is_current

),

actuals as (

    select
        *,
        {{ month_index('date_month') }} as month_index
    from {{ ref('rpt_ndr_grr_monthly') }}
    where window_months = 12

),

final as (

    select
        actuals.date_month,
        projected.horizon_months,
        projected.segment_type,
        projected.segment_value,
        actuals.base_customers,
        actuals.base_arr,
        projected.expected_grr as projected_grr,
        projected.best_grr,
        projected.worst_grr,
        actuals.grr as actual_grr,
        projected.last_year_grr as naive_grr,
        projected.expected_grr - actuals.grr as grr_error,
        projected.last_year_grr - actuals.grr as naive_grr_error,
        abs(projected.expected_grr - actuals.grr) < abs(projected.last_year_grr - actuals.grr)
            as is_better_than_naive,
        actuals.grr >= projected.worst_grr and actuals.grr <= projected.best_grr
            as is_within_range,
        projected.expected_ndr as projected_ndr,
        actuals.ndr as actual_ndr,
        projected.last_year_ndr as naive_ndr,
        projected.expected_ndr - actuals.ndr as ndr_error,
        projected.last_year_ndr - actuals.ndr as naive_ndr_error,
        actuals.is_low_base
    from projected
    inner join horizons
        on
            projected.origin_month_index = horizons.origin_month_index
            and projected.horizon_months = horizons.horizon_months
    inner join actuals
        on
            horizons.target_month_index = actuals.month_index
            and projected.segment_type = actuals.segment_type
            and projected.segment_value = actuals.segment_value

)

select * from final

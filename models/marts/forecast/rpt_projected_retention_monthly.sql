-- Grain: one row per month ahead, up to 12, and segment at the base month, 12 months before it.
-- long because amounts, rates and past accuracy are brought together
{{ config(enabled=is_on('forecast')) }}
with projected as (

    select
        *,
        terms_without_probability = 0 as is_complete
    from {{ ref('int_projected_retention') }}

),

horizons as (

    select * from {{ ref('int_projection_horizons') }}
    where is_current

),

months as (

    select * from {{ ref('int_calendar_months') }}

),

accuracy as (

    select * from {{ ref('rpt_projection_accuracy') }}

),

final as (

    select
        months.date_month,
        projected.horizon_months,
        mod(horizons.target_month_index, 3) = 0 as is_quarter_end,
        projected.segment_type,
        projected.segment_value,
        projected.base_customers,
        projected.base_arr,
        cast(projected.kept_arr - projected.base_arr as {{ type_money() }}) as loss_to_date_arr,
        projected.up_for_renewal_arr,
        cast(-projected.notice_arr as {{ type_money() }}) as notice_loss_arr,
        projected.signed_contraction_arr,
        cast(
            case
                when projected.is_complete
                    then projected.notice_arr - projected.expected_loss_arr
            end as {{ type_money() }}
        ) as expected_open_loss_arr,
        projected.contracted_expansion_arr,
        projected.signed_expansion_arr,
        cast(
            case when projected.is_complete then projected.expected_gross_arr end
            as {{ type_money() }}
        ) as expected_gross_retained_arr,
        cast(
            case when projected.is_complete then projected.expected_net_arr end
            as {{ type_money() }}
        ) as net_before_new_expansion_arr,
        projected.terms_without_probability,
        projected.expected_grr,
        projected.best_grr,
        projected.worst_grr,
        projected.ndr_before_new_expansion,
        projected.expected_ndr,
        projected.best_ndr,
        projected.worst_ndr,
        projected.base_customers < {{ min_base_logos() }} as is_low_base,
        coalesce(accuracy.quarters, 0) as backtest_quarters,
        accuracy.grr_mean_absolute_error as backtest_grr_mean_absolute_error,
        accuracy.ndr_mean_absolute_error as backtest_ndr_mean_absolute_error,
        accuracy.is_better_than_naive as is_better_than_naive_in_backtest
    from projected
    inner join horizons
        on
            projected.origin_month_index = horizons.origin_month_index
            and projected.horizon_months = horizons.horizon_months
    inner join months
        on horizons.target_month_index = months.month_index
    -- the tested horizon that is nearest: 3, 6 or 9 months
    left join accuracy
        on
            projected.segment_type = accuracy.segment_type
            and projected.segment_value = accuracy.segment_value
            and accuracy.horizon_months = case
                when projected.horizon_months <= 4 then 3
                when projected.horizon_months <= 7 then 6
                else 9
            end

)

select * from final

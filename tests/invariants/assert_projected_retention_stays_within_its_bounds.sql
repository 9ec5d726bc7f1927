-- Worst, expected and best projected GRR are in this order and in [0, 1]; the base of the month
-- twelve months ahead is the closing ARR of today's customers: of those above zero, as in every
-- base.
with projected as (

    select * from {{ ref('rpt_projected_retention_monthly') }}

),

closing as (

    select
        12 as horizon_months,
        'all' as segment_type,
        coalesce(sum(arr), 0) as ending_arr
    from {{ ref('fct_customer_arr_monthly') }}
    where
        arr > 0
        and {{ month_index('date_month') }} = {{ last_published_month_index() }}

),

final as (

    select
        projected.date_month,
        projected.segment_type,
        projected.segment_value,
        projected.worst_grr,
        projected.expected_grr,
        projected.best_grr,
        projected.base_arr,
        closing.ending_arr
    from projected
    left join closing
        on
            projected.horizon_months = closing.horizon_months
            and projected.segment_type = closing.segment_type
    where
        projected.worst_grr < 0
        or projected.best_grr > 1
        or projected.expected_grr < projected.worst_grr
        or projected.expected_grr > projected.best_grr
        or projected.ndr_before_new_expansion > projected.expected_ndr
        or projected.expected_ndr > projected.best_ndr
        or projected.base_arr <> closing.ending_arr

)

select * from final

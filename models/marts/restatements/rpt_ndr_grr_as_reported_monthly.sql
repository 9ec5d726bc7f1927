-- Grain: one row per closed month, window and segment at the base month: the rates as published and
-- the rates as known today.
{{ config(enabled=is_on('restatements')) }}
with closed_months as (

    select * from {{ ref('int_closed_months') }}

),

closed_retention as (

    select * from {{ ref('stg_closings__retention') }}

),

rates as (

    select * from {{ ref('rpt_ndr_grr_monthly') }}
    where base_customers > 0

),

reported as (

    select
        closed_months.date_month,
        closed_retention.window_months,
        closed_retention.segment_type,
        closed_retention.segment_value,
        closed_retention.base_arr,
        closed_retention.base_customers,
        closed_retention.net_retained_arr,
        closed_retention.gross_retained_arr,
        closed_retention.retained_customers
    from closed_retention
    inner join closed_months
        on closed_retention.closed_month = closed_months.date_month

),

restated as (

    select rates.*
    from rates
    inner join closed_months
        on rates.date_month = closed_months.date_month

),

final as (

    select
        coalesce(reported.date_month, restated.date_month) as date_month,
        coalesce(reported.window_months, restated.window_months) as window_months,
        coalesce(reported.segment_type, restated.segment_type) as segment_type,
        coalesce(reported.segment_value, restated.segment_value) as segment_value,
        reported.base_arr as base_arr_as_reported,
        restated.base_arr as base_arr_as_restated,
        {{ ratio('reported.net_retained_arr', 'reported.base_arr') }} as ndr_as_reported,
        restated.ndr as ndr_as_restated,
        {{ ratio('reported.gross_retained_arr', 'reported.base_arr') }} as grr_as_reported,
        restated.grr as grr_as_restated,
        {{ ratio('reported.retained_customers', 'reported.base_customers') }}
            as logo_retention_as_reported,
        restated.logo_retention as logo_retention_as_restated
    from reported
    full join restated
        on
            reported.date_month = restated.date_month
            and reported.window_months = restated.window_months
            and reported.segment_type = restated.segment_type
            and reported.segment_value = restated.segment_value

)

select * from final

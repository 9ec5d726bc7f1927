-- Grain: one row per cohort month, age in months and segment at the cohort month; ages not yet
-- reached have no row.
with sums as (

    select * from {{ ref('int_cohort_sums_monthly') }}

),

months as (

    select * from {{ ref('int_calendar_months') }}

),

final as (

    select
        months.date_month as cohort_month,
        sums.age_months,
        sums.segment_type,
        sums.segment_value,
        sums.cohort_arr,
        sums.cohort_customers,
        sums.net_arr as net_retained_arr,
        sums.gross_arr as gross_retained_arr,
        sums.customers as retained_customers,
        {{ ratio('sums.net_arr', 'greatest(0, sums.cohort_arr)') }} as net_retention,
        {{ ratio('sums.gross_arr', 'greatest(0, sums.cohort_arr)') }} as gross_retention,
        {{ ratio('sums.customers', 'sums.cohort_customers') }} as logo_retention
    from sums
    inner join months
        on sums.cohort_month_index = months.month_index

)

select * from final

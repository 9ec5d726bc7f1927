-- Grain: one row per cohort quarter or year, age in months and segment; an age is shown once its
-- youngest month has reached it.
with sums as (

    select * from {{ ref('int_cohort_sums_monthly') }}

),

months as (

    select * from {{ ref('int_calendar_months') }}

),

periods as (

    select
        'quarter' as cohort_period,
        3 as period_months

    union all

    select
        'year' as cohort_period,
        12 as period_months

),

-- months counted from January of year 0: a quarter or year begins where the count divides
placed as (

    select
        periods.cohort_period,
        periods.period_months,
        sums.cohort_month_index
        - mod(sums.cohort_month_index - 1, periods.period_months) as period_month_index,
        sums.segment_type,
        sums.segment_value,
        sums.age_months,
        sums.cohort_arr,
        sums.cohort_customers,
        sums.net_arr,
        sums.gross_arr,
        sums.customers
    from sums
    cross join periods

),

summed as (

    select
        cohort_period,
        period_month_index,
        segment_type,
        segment_value,
        age_months,
        cast(sum(cohort_arr) as {{ type_money() }}) as cohort_arr,
        cast(sum(cohort_customers) as bigint) as cohort_customers,
        cast(sum(net_arr) as {{ type_money() }}) as net_retained_arr,
        cast(sum(gross_arr) as {{ type_money() }}) as gross_retained_arr,
        cast(sum(customers) as bigint) as retained_customers
    from placed
    where period_month_index + period_months - 1 + age_months <= {{ last_published_month_index() }}
    group by cohort_period, period_month_index, segment_type, segment_value, age_months

),

final as (

    select
        summed.cohort_period,
        months.date_month as cohort_period_month,
        summed.age_months,
        summed.segment_type,
        summed.segment_value,
        summed.cohort_arr,
        summed.cohort_customers,
        summed.net_retained_arr,
        summed.gross_retained_arr,
        summed.retained_customers,
        {{ ratio('summed.net_retained_arr', 'greatest(0, summed.cohort_arr)') }}
            as net_retention,
        {{ ratio('summed.gross_retained_arr', 'greatest(0, summed.cohort_arr)') }}
            as gross_retention,
        {{ ratio('summed.retained_customers', 'summed.cohort_customers') }} as logo_retention
    from summed
    inner join months
        on summed.period_month_index = months.month_index

)

select * from final

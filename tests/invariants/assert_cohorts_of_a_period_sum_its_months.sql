-- A quarter or year is the sum of its monthly cohorts at the same age, for the ages that its last
-- month has reached.
with months as (

    select * from {{ ref('rpt_cohort_retention_monthly') }}

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

recomputed as (

    select
        periods.cohort_period,
        months.age_months,
        months.segment_type,
        months.segment_value,
        extract(year from months.cohort_month) as cohort_year,
        case
            when periods.period_months = 3 then extract(quarter from months.cohort_month) else 1
        end as period_number,
        sum(months.cohort_arr) as cohort_arr,
        sum(months.net_retained_arr) as net_arr,
        sum(months.gross_retained_arr) as gross_arr,
        sum(months.retained_customers) as customers
    from months
    cross join periods
    group by
        periods.cohort_period,
        periods.period_months,
        months.age_months,
        months.segment_type,
        months.segment_value,
        extract(year from months.cohort_month),
        case
            when periods.period_months = 3 then extract(quarter from months.cohort_month) else 1
        end
    having
        extract(year from months.cohort_month) * 12
        + periods.period_months
        * case
            when periods.period_months = 3 then extract(quarter from months.cohort_month) else 1
        end
        + months.age_months <= {{ last_published_month_index() }}

),

published as (

    select
        *,
        extract(year from cohort_period_month) as cohort_year,
        case
            when cohort_period = 'quarter' then extract(quarter from cohort_period_month) else 1
        end as period_number
    from {{ ref('rpt_cohort_retention_by_period') }}

)

select
    coalesce(recomputed.cohort_period, published.cohort_period) as cohort_period,
    coalesce(recomputed.cohort_year, published.cohort_year) as cohort_year,
    coalesce(recomputed.period_number, published.period_number) as period_number,
    coalesce(recomputed.age_months, published.age_months) as age_months,
    coalesce(recomputed.segment_value, published.segment_value) as segment_value,
    recomputed.net_arr as sum_of_months,
    published.net_retained_arr,
    recomputed.gross_arr as gross_sum_of_months,
    published.gross_retained_arr
from recomputed
full join published
    on
        recomputed.cohort_period = published.cohort_period
        and recomputed.cohort_year = published.cohort_year
        and recomputed.period_number = published.period_number
        and recomputed.age_months = published.age_months
        and recomputed.segment_type = published.segment_type
        and recomputed.segment_value = published.segment_value
where
    recomputed.cohort_arr is distinct from published.cohort_arr
    or recomputed.net_arr is distinct from published.net_retained_arr
    or recomputed.gross_arr is distinct from published.gross_retained_arr
    or recomputed.customers is distinct from published.retained_customers

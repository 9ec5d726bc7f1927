-- Grain: one row per cohort month, age in months and segment.
create table spine.cohort_retention_monthly as
with cohorts as (

    select
        customer_id,
        min(date_month) as cohort_month,
        arg_min(arr, date_month) as cohort_arr
    from spine.customer_dates
    where arr > 0
    group by customer_id

),

aged as (

    select
        cohorts.cohort_month,
        date_diff('month', cohorts.cohort_month, months.date_month) as age_months,
        months.segment,
        months.industry,
        months.region,
        months.arr,
        least(months.arr, cohorts.cohort_arr) as capped_arr
    from spine.customer_dates as months
    inner join cohorts
        on months.customer_id = cohorts.customer_id
    where months.date_month >= cohorts.cohort_month

),

segmented as (

    select *, 'all' as segment_type, 'all' as segment_value from aged
    union all
    select *, 'segment' as segment_type, segment as segment_value from aged
    union all
    select *, 'industry' as segment_type, industry as segment_value from aged
    union all
    select *, 'region' as segment_type, region as segment_value from aged

)

select
    cohort_month,
    age_months,
    segment_type,
    segment_value,
    sum(arr) as net_retained_arr,
    sum(greatest(0, capped_arr)) as gross_retained_arr,
    count(case when arr > 0 then 1 end) as retained_customers
from segmented
group by cohort_month, age_months, segment_type, segment_value

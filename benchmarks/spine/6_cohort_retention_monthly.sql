-- Grain: one row per cohort month, age in months and segment.
create table spine.cohort_retention_monthly as
with summed as (

    select
        customers.cohort_month_index,
        months.month_index - customers.cohort_month_index as age_months,
        customers.segment,
        customers.industry,
        customers.region,
        sum(months.arr) as net_arr,
        sum(greatest(0, least(months.arr, customers.cohort_arr))) as gross_arr,
        count(case when months.arr > 0 then 1 end) as customers
    from spine.customer_months as months
    inner join spine.customers as customers
        on months.customer_id = customers.customer_id
    where months.month_index >= customers.cohort_month_index
    group by
        customers.cohort_month_index,
        months.month_index - customers.cohort_month_index,
        customers.segment,
        customers.industry,
        customers.region

),

segmented as (

    select 'all' as segment_type, 'all' as segment_value, * from summed
    union all
    select 'segment' as segment_type, segment as segment_value, * from summed
    union all
    select 'industry' as segment_type, industry as segment_value, * from summed
    union all
    select 'region' as segment_type, region as segment_value, * from summed

),

rolled_up as (

    select
        cohort_month_index,
        segment_type,
        segment_value,
        age_months,
        sum(net_arr) as net_arr,
        sum(gross_arr) as gross_arr,
        sum(customers) as customers
    from segmented
    group by cohort_month_index, segment_type, segment_value, age_months

)

select
    calendar.date_month as cohort_month,
    rolled_up.age_months,
    rolled_up.segment_type,
    rolled_up.segment_value,
    first_value(net_arr) over by_cohort as cohort_arr,
    first_value(customers) over by_cohort as cohort_customers,
    net_arr as net_retained_arr,
    gross_arr as gross_retained_arr,
    customers as retained_customers
from rolled_up
inner join intermediate.int_calendar_months as calendar
    on rolled_up.cohort_month_index = calendar.month_index
window by_cohort as (partition by cohort_month_index, segment_type, segment_value order by age_months)

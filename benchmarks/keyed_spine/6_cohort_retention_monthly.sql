-- Grain: one row per cohort month, age in months and segment. Summed by set of segments first.
create table spine.cohort_retention_monthly as
with summed as (

    select
        customers.cohort_month_index,
        months.month_index - customers.cohort_month_index as age_months,
        customers.segment_set_key,
        sum(months.arr) as net_arr,
        sum(greatest(0, least(months.arr, customers.cohort_arr))) as gross_arr,
        count(case when months.arr > 0 then 1 end) as customers
    from spine.keyed_months as months
    inner join spine.customers as customers
        on months.customer_key = customers.customer_key
    where months.month_index >= customers.cohort_month_index
    group by customers.cohort_month_index, months.month_index - customers.cohort_month_index, customers.segment_set_key

),

rolled_up as (

    select
        summed.cohort_month_index,
        segments.segment_type,
        segments.segment_value,
        summed.age_months,
        sum(summed.net_arr) as net_arr,
        sum(summed.gross_arr) as gross_arr,
        sum(summed.customers) as customers
    from summed
    inner join intermediate.int_segment_set_values as segments
        on summed.segment_set_key = segments.segment_set_key
    where not segments.is_book
    group by summed.cohort_month_index, segments.segment_type, segments.segment_value, summed.age_months

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

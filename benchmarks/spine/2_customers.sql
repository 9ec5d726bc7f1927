-- Grain: one row per customer: its cohort, the ARR of that month, and its segments, which this book never changes.
create table spine.customers as
with cohorts as (

    select
        customer_id,
        min(month_index) as cohort_month_index,
        arg_min(arr, month_index) as cohort_arr
    from spine.customer_months
    where arr > 0
    group by customer_id

)

select
    months.customer_id,
    cohorts.cohort_month_index,
    cohorts.cohort_arr,
    coalesce(segments.segment, 'unknown') as segment,
    coalesce(segments.industry, 'unknown') as industry,
    coalesce(segments.region, 'unknown') as region
from (select distinct customer_id from spine.customer_months) as months
left join cohorts
    on months.customer_id = cohorts.customer_id
left join intermediate.int_customer_segment_spans as segments
    on months.customer_id = segments.customer_id

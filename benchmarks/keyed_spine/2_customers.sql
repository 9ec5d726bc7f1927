-- Grain: one row per customer: its cohort, the ARR of that month, and its set of segments, which this book never changes.
create table spine.customers as
with cohorts as (

    select
        customer_key,
        min(case when arr > 0 then month_index end) as cohort_month_index,
        arg_min(case when arr > 0 then arr end, case when arr > 0 then month_index end) as cohort_arr
    from spine.keyed_months
    group by customer_key

)

select
    cohorts.customer_key,
    cohorts.cohort_month_index,
    cohorts.cohort_arr,
    coalesce(sets.segment_set_key, 0) as segment_set_key
from cohorts
left join intermediate.int_customer_segment_sets as sets
    on cohorts.customer_key = sets.customer_key

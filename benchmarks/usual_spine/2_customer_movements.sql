-- Grain: one row per customer and month: the month before by a self-join, and the movement.
create table spine.customer_movements as
with cohorts as (

    select
        customer_id,
        min(date_month) as cohort_month
    from spine.customer_dates
    where arr > 0
    group by customer_id

)

select
    now.customer_id,
    now.date_month,
    now.segment,
    now.industry,
    now.region,
    case
        when coalesce(before.arr, 0) = now.arr then null
        when coalesce(before.arr, 0) <= 0 and now.arr > 0 and now.date_month = cohorts.cohort_month then 'new'
        when coalesce(before.arr, 0) <= 0 and now.arr > 0 then 'reactivation'
        when coalesce(before.arr, 0) > 0 and now.arr <= 0 then 'churn'
        when now.arr > coalesce(before.arr, 0) then 'expansion'
        else 'contraction'
    end as movement_type,
    coalesce(before.arr, 0) as beginning_arr,
    now.arr - coalesce(before.arr, 0) as arr_change,
    now.arr as ending_arr
from spine.customer_dates as now
left join spine.customer_dates as before
    on
        now.customer_id = before.customer_id
        and now.date_month = before.date_month + interval 1 month
left join cohorts
    on now.customer_id = cohorts.customer_id

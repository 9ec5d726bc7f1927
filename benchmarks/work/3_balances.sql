-- Grain: one row per customer and span of months with one ARR.
create table work.spans as
with changes as (

    select
        customer_key,
        month_index,
        cast(sum(arr_change) as numeric(18, 2)) as arr_change
    from work.changes
    group by customer_key, month_index

)

select
    customer_key,
    month_index as from_month_index,
    coalesce(lead(month_index) over by_customer, 99999) as until_month_index,
    arr_change,
    cast(sum(arr_change) over (by_customer rows between unbounded preceding and current row) as numeric(18, 2)) as arr
from changes
window by_customer as (partition by customer_key order by month_index)

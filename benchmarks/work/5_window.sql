-- Grain: one row per month: one window of twelve months, base and what is left of it, from spans.
create table work.retention as
with pairs as (

    select
        greatest(base.from_month_index + 12, now.from_month_index) as from_month_index,
        least(base.until_month_index + 12, now.until_month_index) as until_month_index,
        base.arr as base_arr,
        now.arr as net_arr
    from work.spans as base
    inner join work.spans as now
        on
            base.customer_key = now.customer_key
            and base.from_month_index + 12 < now.until_month_index
            and base.until_month_index + 12 > now.from_month_index
    where base.arr > 0

)

select
    month_index,
    sum(base_arr) as base_arr_change,
    sum(net_arr) as net_arr_change
from (
    select from_month_index as month_index, base_arr, net_arr from pairs
    union all
    select until_month_index, -base_arr, -net_arr from pairs
) as moved
group by month_index

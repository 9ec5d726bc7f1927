-- Grain: one row per month, window and segment at the base month: a self-join of the spine for each window and kind of
-- segment. What lay between base and now is not looked at: no strict rates, no lowest point.
create table spine.ndr_grr_monthly as
select
    now.date_month,
    1 as window_months,
    'all' as segment_type,
    'all' as segment_value,
    sum(base.arr) as base_arr,
    count(*) as base_customers,
    sum(now.arr) as net_arr,
    sum(greatest(0, least(base.arr, now.arr))) as gross_arr,
    count(case when now.arr > 0 then 1 end) as retained_customers
from spine.customer_dates as now
inner join spine.customer_dates as base
    on
        now.customer_id = base.customer_id
        and now.date_month = base.date_month + interval 1 month
where base.arr > 0
group by all
union all
select
    now.date_month,
    1 as window_months,
    'segment' as segment_type,
    base.segment as segment_value,
    sum(base.arr) as base_arr,
    count(*) as base_customers,
    sum(now.arr) as net_arr,
    sum(greatest(0, least(base.arr, now.arr))) as gross_arr,
    count(case when now.arr > 0 then 1 end) as retained_customers
from spine.customer_dates as now
inner join spine.customer_dates as base
    on
        now.customer_id = base.customer_id
        and now.date_month = base.date_month + interval 1 month
where base.arr > 0
group by all
union all
select
    now.date_month,
    1 as window_months,
    'industry' as segment_type,
    base.industry as segment_value,
    sum(base.arr) as base_arr,
    count(*) as base_customers,
    sum(now.arr) as net_arr,
    sum(greatest(0, least(base.arr, now.arr))) as gross_arr,
    count(case when now.arr > 0 then 1 end) as retained_customers
from spine.customer_dates as now
inner join spine.customer_dates as base
    on
        now.customer_id = base.customer_id
        and now.date_month = base.date_month + interval 1 month
where base.arr > 0
group by all
union all
select
    now.date_month,
    1 as window_months,
    'region' as segment_type,
    base.region as segment_value,
    sum(base.arr) as base_arr,
    count(*) as base_customers,
    sum(now.arr) as net_arr,
    sum(greatest(0, least(base.arr, now.arr))) as gross_arr,
    count(case when now.arr > 0 then 1 end) as retained_customers
from spine.customer_dates as now
inner join spine.customer_dates as base
    on
        now.customer_id = base.customer_id
        and now.date_month = base.date_month + interval 1 month
where base.arr > 0
group by all
union all
select
    now.date_month,
    3 as window_months,
    'all' as segment_type,
    'all' as segment_value,
    sum(base.arr) as base_arr,
    count(*) as base_customers,
    sum(now.arr) as net_arr,
    sum(greatest(0, least(base.arr, now.arr))) as gross_arr,
    count(case when now.arr > 0 then 1 end) as retained_customers
from spine.customer_dates as now
inner join spine.customer_dates as base
    on
        now.customer_id = base.customer_id
        and now.date_month = base.date_month + interval 3 month
where base.arr > 0
group by all
union all
select
    now.date_month,
    3 as window_months,
    'segment' as segment_type,
    base.segment as segment_value,
    sum(base.arr) as base_arr,
    count(*) as base_customers,
    sum(now.arr) as net_arr,
    sum(greatest(0, least(base.arr, now.arr))) as gross_arr,
    count(case when now.arr > 0 then 1 end) as retained_customers
from spine.customer_dates as now
inner join spine.customer_dates as base
    on
        now.customer_id = base.customer_id
        and now.date_month = base.date_month + interval 3 month
where base.arr > 0
group by all
union all
select
    now.date_month,
    3 as window_months,
    'industry' as segment_type,
    base.industry as segment_value,
    sum(base.arr) as base_arr,
    count(*) as base_customers,
    sum(now.arr) as net_arr,
    sum(greatest(0, least(base.arr, now.arr))) as gross_arr,
    count(case when now.arr > 0 then 1 end) as retained_customers
from spine.customer_dates as now
inner join spine.customer_dates as base
    on
        now.customer_id = base.customer_id
        and now.date_month = base.date_month + interval 3 month
where base.arr > 0
group by all
union all
select
    now.date_month,
    3 as window_months,
    'region' as segment_type,
    base.region as segment_value,
    sum(base.arr) as base_arr,
    count(*) as base_customers,
    sum(now.arr) as net_arr,
    sum(greatest(0, least(base.arr, now.arr))) as gross_arr,
    count(case when now.arr > 0 then 1 end) as retained_customers
from spine.customer_dates as now
inner join spine.customer_dates as base
    on
        now.customer_id = base.customer_id
        and now.date_month = base.date_month + interval 3 month
where base.arr > 0
group by all
union all
select
    now.date_month,
    12 as window_months,
    'all' as segment_type,
    'all' as segment_value,
    sum(base.arr) as base_arr,
    count(*) as base_customers,
    sum(now.arr) as net_arr,
    sum(greatest(0, least(base.arr, now.arr))) as gross_arr,
    count(case when now.arr > 0 then 1 end) as retained_customers
from spine.customer_dates as now
inner join spine.customer_dates as base
    on
        now.customer_id = base.customer_id
        and now.date_month = base.date_month + interval 12 month
where base.arr > 0
group by all
union all
select
    now.date_month,
    12 as window_months,
    'segment' as segment_type,
    base.segment as segment_value,
    sum(base.arr) as base_arr,
    count(*) as base_customers,
    sum(now.arr) as net_arr,
    sum(greatest(0, least(base.arr, now.arr))) as gross_arr,
    count(case when now.arr > 0 then 1 end) as retained_customers
from spine.customer_dates as now
inner join spine.customer_dates as base
    on
        now.customer_id = base.customer_id
        and now.date_month = base.date_month + interval 12 month
where base.arr > 0
group by all
union all
select
    now.date_month,
    12 as window_months,
    'industry' as segment_type,
    base.industry as segment_value,
    sum(base.arr) as base_arr,
    count(*) as base_customers,
    sum(now.arr) as net_arr,
    sum(greatest(0, least(base.arr, now.arr))) as gross_arr,
    count(case when now.arr > 0 then 1 end) as retained_customers
from spine.customer_dates as now
inner join spine.customer_dates as base
    on
        now.customer_id = base.customer_id
        and now.date_month = base.date_month + interval 12 month
where base.arr > 0
group by all
union all
select
    now.date_month,
    12 as window_months,
    'region' as segment_type,
    base.region as segment_value,
    sum(base.arr) as base_arr,
    count(*) as base_customers,
    sum(now.arr) as net_arr,
    sum(greatest(0, least(base.arr, now.arr))) as gross_arr,
    count(case when now.arr > 0 then 1 end) as retained_customers
from spine.customer_dates as now
inner join spine.customer_dates as base
    on
        now.customer_id = base.customer_id
        and now.date_month = base.date_month + interval 12 month
where base.arr > 0
group by all
union all
select
    now.date_month,
    24 as window_months,
    'all' as segment_type,
    'all' as segment_value,
    sum(base.arr) as base_arr,
    count(*) as base_customers,
    sum(now.arr) as net_arr,
    sum(greatest(0, least(base.arr, now.arr))) as gross_arr,
    count(case when now.arr > 0 then 1 end) as retained_customers
from spine.customer_dates as now
inner join spine.customer_dates as base
    on
        now.customer_id = base.customer_id
        and now.date_month = base.date_month + interval 24 month
where base.arr > 0
group by all
union all
select
    now.date_month,
    24 as window_months,
    'segment' as segment_type,
    base.segment as segment_value,
    sum(base.arr) as base_arr,
    count(*) as base_customers,
    sum(now.arr) as net_arr,
    sum(greatest(0, least(base.arr, now.arr))) as gross_arr,
    count(case when now.arr > 0 then 1 end) as retained_customers
from spine.customer_dates as now
inner join spine.customer_dates as base
    on
        now.customer_id = base.customer_id
        and now.date_month = base.date_month + interval 24 month
where base.arr > 0
group by all
union all
select
    now.date_month,
    24 as window_months,
    'industry' as segment_type,
    base.industry as segment_value,
    sum(base.arr) as base_arr,
    count(*) as base_customers,
    sum(now.arr) as net_arr,
    sum(greatest(0, least(base.arr, now.arr))) as gross_arr,
    count(case when now.arr > 0 then 1 end) as retained_customers
from spine.customer_dates as now
inner join spine.customer_dates as base
    on
        now.customer_id = base.customer_id
        and now.date_month = base.date_month + interval 24 month
where base.arr > 0
group by all
union all
select
    now.date_month,
    24 as window_months,
    'region' as segment_type,
    base.region as segment_value,
    sum(base.arr) as base_arr,
    count(*) as base_customers,
    sum(now.arr) as net_arr,
    sum(greatest(0, least(base.arr, now.arr))) as gross_arr,
    count(case when now.arr > 0 then 1 end) as retained_customers
from spine.customer_dates as now
inner join spine.customer_dates as base
    on
        now.customer_id = base.customer_id
        and now.date_month = base.date_month + interval 24 month
where base.arr > 0
group by all

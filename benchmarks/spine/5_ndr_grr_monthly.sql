-- Grain: one row per published month, window and segment at the base month.
create table spine.ndr_grr_monthly as
with looked_back as (

    select
        customer_id,
        month_index,
        arr,
        lag(arr, 1) over by_customer as base_arr_1,
        lag(arr, 3) over by_customer as base_arr_3,
        lag(arr, 12) over by_customer as base_arr_12,
        lag(arr, 24) over by_customer as base_arr_24,
        min(arr) over (by_customer rows between 1 preceding and current row) as lowest_arr_1,
        min(arr) over (by_customer rows between 3 preceding and current row) as lowest_arr_3,
        min(arr) over (by_customer rows between 12 preceding and current row) as lowest_arr_12,
        min(arr) over (by_customer rows between 24 preceding and current row) as lowest_arr_24
    from spine.customer_months
    window by_customer as (partition by customer_id order by month_index)

),

based as (

    select
        looked_back.customer_id,
        looked_back.month_index,
        looked_back.arr,
        windows.window_months,
        case windows.window_months
            when 1 then base_arr_1
            when 3 then base_arr_3
            when 12 then base_arr_12
            when 24 then base_arr_24
        end as base_arr,
        case windows.window_months
            when 1 then lowest_arr_1
            when 3 then lowest_arr_3
            when 12 then lowest_arr_12
            when 24 then lowest_arr_24
        end as lowest_arr
    from looked_back
    cross join (values (1), (3), (12), (24)) as windows (window_months)

),

summed as (

    select
        based.month_index,
        based.window_months,
        customers.segment,
        customers.industry,
        customers.region,
        sum(base_arr) as base_arr,
        count(*) as base_customers,
        sum(arr) as net_arr,
        sum(greatest(0, least(base_arr, arr))) as gross_arr,
        count(case when arr > 0 then 1 end) as retained_customers,
        sum(case when lowest_arr > 0 then arr else 0 end) as strict_net_arr,
        sum(case when lowest_arr > 0 then least(base_arr, arr) else 0 end) as strict_gross_arr,
        sum(greatest(0, lowest_arr)) as lowest_arr
    from based
    inner join spine.customers as customers
        on based.customer_id = customers.customer_id
    where based.base_arr > 0
    group by
        based.month_index, based.window_months, customers.segment, customers.industry, customers.region

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

grid as (

    select
        bridge.date_month,
        cast(extract(year from date_month) * 12 + extract(month from date_month) as integer) as month_index,
        windows.window_months,
        segments.segment_type,
        segments.segment_value
    from (select distinct segment_type, segment_value from segmented) as segments
    cross join (values (1), (3), (12), (24)) as windows (window_months)
    cross join (select distinct date_month from spine.arr_bridge_monthly) as bridge

)

select
    grid.date_month,
    grid.window_months,
    grid.segment_type,
    grid.segment_value,
    coalesce(sum(base_arr), 0) as base_arr,
    coalesce(sum(base_customers), 0) as base_customers,
    coalesce(sum(net_arr), 0) as net_arr,
    coalesce(sum(gross_arr), 0) as gross_arr,
    coalesce(sum(retained_customers), 0) as retained_customers,
    coalesce(sum(strict_net_arr), 0) as strict_net_arr,
    coalesce(sum(strict_gross_arr), 0) as strict_gross_arr,
    coalesce(sum(lowest_arr), 0) as lowest_arr
from grid
left join segmented
    on
        grid.month_index = segmented.month_index
        and grid.window_months = segmented.window_months
        and grid.segment_type = segmented.segment_type
        and grid.segment_value = segmented.segment_value
group by grid.date_month, grid.window_months, grid.segment_type, grid.segment_value

-- Grain: one row per published month, window and segment at the base month. All windows in one pass, by set of segments.
create table spine.ndr_grr_monthly as
with looked_back as (

    select
        customer_key,
        month_index,
        arr,
        lag(arr, 1) over by_customer as base_1,
        lag(arr, 3) over by_customer as base_3,
        lag(arr, 12) over by_customer as base_12,
        lag(arr, 24) over by_customer as base_24,
        min(arr) over (by_customer rows between 1 preceding and current row) as lowest_1,
        min(arr) over (by_customer rows between 3 preceding and current row) as lowest_3,
        min(arr) over (by_customer rows between 12 preceding and current row) as lowest_12,
        min(arr) over (by_customer rows between 24 preceding and current row) as lowest_24
    from spine.keyed_months
    window by_customer as (partition by customer_key order by month_index)

),

summed as (

    select
        looked_back.month_index,
        customers.segment_set_key,
        sum(case when base_1 > 0 then base_1 end) as base_arr_1,
        count(case when base_1 > 0 then 1 end) as base_customers_1,
        sum(case when base_1 > 0 then arr end) as net_arr_1,
        sum(case when base_1 > 0 then greatest(0, least(base_1, arr)) end) as gross_arr_1,
        count(case when base_1 > 0 and arr > 0 then 1 end) as retained_customers_1,
        sum(case when base_1 > 0 and lowest_1 > 0 then arr end) as strict_net_arr_1,
        sum(case when base_1 > 0 and lowest_1 > 0 then least(base_1, arr) end) as strict_gross_arr_1,
        sum(case when base_1 > 0 then greatest(0, lowest_1) end) as lowest_arr_1,
        sum(case when base_3 > 0 then base_3 end) as base_arr_3,
        count(case when base_3 > 0 then 1 end) as base_customers_3,
        sum(case when base_3 > 0 then arr end) as net_arr_3,
        sum(case when base_3 > 0 then greatest(0, least(base_3, arr)) end) as gross_arr_3,
        count(case when base_3 > 0 and arr > 0 then 1 end) as retained_customers_3,
        sum(case when base_3 > 0 and lowest_3 > 0 then arr end) as strict_net_arr_3,
        sum(case when base_3 > 0 and lowest_3 > 0 then least(base_3, arr) end) as strict_gross_arr_3,
        sum(case when base_3 > 0 then greatest(0, lowest_3) end) as lowest_arr_3,
        sum(case when base_12 > 0 then base_12 end) as base_arr_12,
        count(case when base_12 > 0 then 1 end) as base_customers_12,
        sum(case when base_12 > 0 then arr end) as net_arr_12,
        sum(case when base_12 > 0 then greatest(0, least(base_12, arr)) end) as gross_arr_12,
        count(case when base_12 > 0 and arr > 0 then 1 end) as retained_customers_12,
        sum(case when base_12 > 0 and lowest_12 > 0 then arr end) as strict_net_arr_12,
        sum(case when base_12 > 0 and lowest_12 > 0 then least(base_12, arr) end) as strict_gross_arr_12,
        sum(case when base_12 > 0 then greatest(0, lowest_12) end) as lowest_arr_12,
        sum(case when base_24 > 0 then base_24 end) as base_arr_24,
        count(case when base_24 > 0 then 1 end) as base_customers_24,
        sum(case when base_24 > 0 then arr end) as net_arr_24,
        sum(case when base_24 > 0 then greatest(0, least(base_24, arr)) end) as gross_arr_24,
        count(case when base_24 > 0 and arr > 0 then 1 end) as retained_customers_24,
        sum(case when base_24 > 0 and lowest_24 > 0 then arr end) as strict_net_arr_24,
        sum(case when base_24 > 0 and lowest_24 > 0 then least(base_24, arr) end) as strict_gross_arr_24,
        sum(case when base_24 > 0 then greatest(0, lowest_24) end) as lowest_arr_24
    from looked_back
    inner join spine.customers as customers
        on looked_back.customer_key = customers.customer_key
    group by looked_back.month_index, customers.segment_set_key

),

windowed as (

    select month_index, segment_set_key, 1 as window_months, base_arr_1 as base_arr, base_customers_1 as base_customers, net_arr_1 as net_arr, gross_arr_1 as gross_arr, retained_customers_1 as retained_customers, strict_net_arr_1 as strict_net_arr, strict_gross_arr_1 as strict_gross_arr, lowest_arr_1 as lowest_arr from summed
    union all
    select month_index, segment_set_key, 3 as window_months, base_arr_3 as base_arr, base_customers_3 as base_customers, net_arr_3 as net_arr, gross_arr_3 as gross_arr, retained_customers_3 as retained_customers, strict_net_arr_3 as strict_net_arr, strict_gross_arr_3 as strict_gross_arr, lowest_arr_3 as lowest_arr from summed
    union all
    select month_index, segment_set_key, 12 as window_months, base_arr_12 as base_arr, base_customers_12 as base_customers, net_arr_12 as net_arr, gross_arr_12 as gross_arr, retained_customers_12 as retained_customers, strict_net_arr_12 as strict_net_arr, strict_gross_arr_12 as strict_gross_arr, lowest_arr_12 as lowest_arr from summed
    union all
    select month_index, segment_set_key, 24 as window_months, base_arr_24 as base_arr, base_customers_24 as base_customers, net_arr_24 as net_arr, gross_arr_24 as gross_arr, retained_customers_24 as retained_customers, strict_net_arr_24 as strict_net_arr, strict_gross_arr_24 as strict_gross_arr, lowest_arr_24 as lowest_arr from summed

),

segmented as (

    select
        segments.segment_type,
        segments.segment_value,
        windowed.*
    from windowed
    inner join intermediate.int_segment_set_values as segments
        on windowed.segment_set_key = segments.segment_set_key
    where
        not segments.is_book
        and windowed.base_customers > 0

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

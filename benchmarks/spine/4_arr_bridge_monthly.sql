-- Grain: one row per published month and segment.
create table spine.arr_bridge_monthly as
with summed as (

    select
        movements.month_index,
        customers.segment,
        customers.industry,
        customers.region,
        sum(movements.beginning_arr) as beginning_arr,
        sum(case when movement_type = 'new' then arr_change else 0 end) as new_arr,
        sum(case when movement_type = 'reactivation' then arr_change else 0 end) as reactivation_arr,
        sum(case when movement_type = 'expansion' then arr_change else 0 end) as expansion_arr,
        sum(case when movement_type = 'contraction' then arr_change else 0 end) as contraction_arr,
        sum(case when movement_type = 'churn' then arr_change else 0 end) as churn_arr,
        sum(movements.ending_arr) as ending_arr
    from spine.customer_movements as movements
    inner join spine.customers as customers
        on movements.customer_id = customers.customer_id
    group by movements.month_index, customers.segment, customers.industry, customers.region

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

months as (

    select
        calendar.month_index,
        calendar.date_month
    from intermediate.int_calendar_months as calendar
    where
        calendar.is_published
        and calendar.month_index >= (select min(month_index) from summed)

),

grid as (

    select
        months.month_index,
        months.date_month,
        segments.segment_type,
        segments.segment_value
    from (select distinct segment_type, segment_value from segmented) as segments
    cross join months

)

select
    grid.date_month,
    grid.segment_type,
    grid.segment_value,
    coalesce(sum(beginning_arr), 0) as beginning_arr,
    coalesce(sum(new_arr), 0) as new_arr,
    coalesce(sum(reactivation_arr), 0) as reactivation_arr,
    coalesce(sum(expansion_arr), 0) as expansion_arr,
    coalesce(sum(contraction_arr), 0) as contraction_arr,
    coalesce(sum(churn_arr), 0) as churn_arr,
    coalesce(sum(ending_arr) - sum(beginning_arr), 0) as net_new_arr,
    coalesce(sum(ending_arr), 0) as ending_arr
from grid
left join segmented
    on
        grid.segment_type = segmented.segment_type
        and grid.segment_value = segmented.segment_value
        and grid.month_index = segmented.month_index
group by grid.date_month, grid.segment_type, grid.segment_value

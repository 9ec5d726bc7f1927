-- Grain: one row per published month and segment. Summed by set of segments first.
create table spine.arr_bridge_monthly as
with moved as (

    select
        month_index,
        segment_set_key,
        sum(case when movement_type = 'new' then arr_change else 0 end) as new_arr,
        sum(case when movement_type = 'reactivation' then arr_change else 0 end) as reactivation_arr,
        sum(case when movement_type = 'expansion' then arr_change else 0 end) as expansion_arr,
        sum(case when movement_type = 'contraction' then arr_change else 0 end) as contraction_arr,
        sum(case when movement_type = 'churn' then arr_change else 0 end) as churn_arr,
        sum(arr_change) as net_new_arr
    from spine.keyed_movements
    group by month_index, segment_set_key

),

segmented as (

    select
        segments.segment_type,
        segments.segment_value,
        moved.*
    from moved
    inner join intermediate.int_segment_set_values as segments
        on moved.segment_set_key = segments.segment_set_key
    where not segments.is_book

),

months as (

    select
        calendar.month_index,
        calendar.date_month
    from intermediate.int_calendar_months as calendar
    where
        calendar.is_published
        and calendar.month_index >= (select min(month_index) from spine.keyed_movements)

),

summed as (

    select
        months.date_month,
        segments.segment_type,
        segments.segment_value,
        coalesce(sum(new_arr), 0) as new_arr,
        coalesce(sum(reactivation_arr), 0) as reactivation_arr,
        coalesce(sum(expansion_arr), 0) as expansion_arr,
        coalesce(sum(contraction_arr), 0) as contraction_arr,
        coalesce(sum(churn_arr), 0) as churn_arr,
        coalesce(sum(net_new_arr), 0) as net_new_arr
    from (select distinct segment_type, segment_value from segmented) as segments
    cross join months
    left join segmented
        on
            segments.segment_type = segmented.segment_type
            and segments.segment_value = segmented.segment_value
            and months.month_index = segmented.month_index
    group by months.date_month, segments.segment_type, segments.segment_value

),

balanced as (

    select
        *,
        sum(net_new_arr) over (
            partition by segment_type, segment_value order by date_month
            rows between unbounded preceding and current row
        ) as ending_arr
    from summed

)

select
    *,
    ending_arr - net_new_arr as beginning_arr
from balanced

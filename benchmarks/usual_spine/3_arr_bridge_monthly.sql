-- Grain: one row per month and segment: one pass over the spine for each kind of segment.
create table spine.arr_bridge_monthly as
select
    date_month,
    'all' as segment_type,
    'all' as segment_value,
    sum(beginning_arr) as beginning_arr,
    sum(case when movement_type = 'new' then arr_change else 0 end) as new_arr,
    sum(case when movement_type = 'reactivation' then arr_change else 0 end) as reactivation_arr,
    sum(case when movement_type = 'expansion' then arr_change else 0 end) as expansion_arr,
    sum(case when movement_type = 'contraction' then arr_change else 0 end) as contraction_arr,
    sum(case when movement_type = 'churn' then arr_change else 0 end) as churn_arr,
    sum(arr_change) as net_new_arr,
    sum(ending_arr) as ending_arr
from spine.customer_movements
group by all
union all
select
    date_month,
    'segment' as segment_type,
    segment as segment_value,
    sum(beginning_arr) as beginning_arr,
    sum(case when movement_type = 'new' then arr_change else 0 end) as new_arr,
    sum(case when movement_type = 'reactivation' then arr_change else 0 end) as reactivation_arr,
    sum(case when movement_type = 'expansion' then arr_change else 0 end) as expansion_arr,
    sum(case when movement_type = 'contraction' then arr_change else 0 end) as contraction_arr,
    sum(case when movement_type = 'churn' then arr_change else 0 end) as churn_arr,
    sum(arr_change) as net_new_arr,
    sum(ending_arr) as ending_arr
from spine.customer_movements
group by all
union all
select
    date_month,
    'industry' as segment_type,
    industry as segment_value,
    sum(beginning_arr) as beginning_arr,
    sum(case when movement_type = 'new' then arr_change else 0 end) as new_arr,
    sum(case when movement_type = 'reactivation' then arr_change else 0 end) as reactivation_arr,
    sum(case when movement_type = 'expansion' then arr_change else 0 end) as expansion_arr,
    sum(case when movement_type = 'contraction' then arr_change else 0 end) as contraction_arr,
    sum(case when movement_type = 'churn' then arr_change else 0 end) as churn_arr,
    sum(arr_change) as net_new_arr,
    sum(ending_arr) as ending_arr
from spine.customer_movements
group by all
union all
select
    date_month,
    'region' as segment_type,
    region as segment_value,
    sum(beginning_arr) as beginning_arr,
    sum(case when movement_type = 'new' then arr_change else 0 end) as new_arr,
    sum(case when movement_type = 'reactivation' then arr_change else 0 end) as reactivation_arr,
    sum(case when movement_type = 'expansion' then arr_change else 0 end) as expansion_arr,
    sum(case when movement_type = 'contraction' then arr_change else 0 end) as contraction_arr,
    sum(case when movement_type = 'churn' then arr_change else 0 end) as churn_arr,
    sum(arr_change) as net_new_arr,
    sum(ending_arr) as ending_arr
from spine.customer_movements
group by all

-- Ending ARR of every segment value and month is the ARR of the customers who are in it at the end
-- of that month; each customer is in exactly one value, and whoever is in none is in unknown.
with balances as (

    select
        customer_id,
        {{ month_index('date_month') }} as month_index,
        arr
    from {{ ref('fct_customer_arr_monthly') }}

),

segments as (

    select * from {{ ref('int_customer_segments_spanned') }}

),

placed as (

    select
        balances.month_index,
        balances.arr,
        coalesce(segments.segment, 'unknown') as segment,
        coalesce(segments.industry, 'unknown') as industry,
        coalesce(segments.region, 'unknown') as region
    from balances
    left join segments
        on
            balances.customer_id = segments.customer_id
            and balances.month_index >= segments.from_month_index
            and (
                balances.month_index < segments.until_month_index
                or segments.until_month_index is null
            )

),

recomputed as (
    {%- for segment_type in ['all'] + segment_columns() %}

    select
        '{{ segment_type }}' as segment_type,
        {{ "'all'" if segment_type == 'all' else segment_type }} as segment_value,
        month_index,
        sum(arr) as arr
    from placed
    group by {{ '' if segment_type == 'all' else segment_type ~ ', ' }}month_index
    {% if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}

),

bridge as (

    select
        segment_type,
        segment_value,
        {{ month_index('date_month') }} as month_index,
        ending_arr
    from {{ ref('rpt_arr_bridge_monthly') }}

)

select
    coalesce(recomputed.segment_type, bridge.segment_type) as segment_type,
    coalesce(recomputed.segment_value, bridge.segment_value) as segment_value,
    coalesce(recomputed.month_index, bridge.month_index) as month_index,
    recomputed.arr as arr_of_customers,
    bridge.ending_arr
from recomputed
full join bridge
    on
        recomputed.segment_type = bridge.segment_type
        and recomputed.segment_value = bridge.segment_value
        and recomputed.month_index = bridge.month_index
where coalesce(recomputed.arr, 0) <> coalesce(bridge.ending_arr, 0)

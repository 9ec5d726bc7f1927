-- Ending ARR and customers of every segment value and month are those of the customers who are in
-- it at the end of that month; each customer is in exactly one value. From the ends of spans.
with spans as (

    select
        customer_id,
        {{ month_index('from_month') }} as from_month_index,
        {{ or_open(month_index('until_month')) }} as until_month_index,
        arr
    from {{ ref('fct_customer_arr_spans') }}

),

segments as (

    select * from {{ ref('int_customer_segment_spans') }}

),

placed as (

    select
        spans.arr,
        greatest(spans.from_month_index, coalesce(segments.from_month_index, 0))
            as from_month_index,
        least(spans.until_month_index, {{ or_open('segments.until_month_index') }})
            as until_month_index,
        {{- known_segments_of('segments') }}
        case when spans.arr > 0 then 1 else 0 end as customers
    from spans
    left join segments
        on
            spans.customer_id = segments.customer_id
            and spans.from_month_index < {{ or_open('segments.until_month_index') }}
            and spans.until_month_index > segments.from_month_index

),

changes as (
    {%- for segment_type in ['all'] + segment_columns() %}
    {%- for side in ['from', 'until'] %}

    select
        '{{ segment_type }}' as segment_type,
        {{ "'all'" if segment_type == 'all' else segment_type }} as segment_value,
        {{ side }}_month_index as month_index,
        {{ '' if side == 'from' else '-' }}arr as arr_change,
        {{ '' if side == 'from' else '-' }}customers as customers_change
    from placed
    {% if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
    {% if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}

),

moved as (

    select
        segment_type,
        segment_value,
        month_index,
        sum(arr_change) as arr_change,
        sum(customers_change) as customers_change
    from changes
    group by segment_type, segment_value, month_index

),

bridge as (

    select
        *,
        {{ month_index('date_month') }} as month_index
    from {{ ref('rpt_arr_bridge_monthly') }}

),

compared as (

    select
        coalesce(bridge.segment_type, moved.segment_type) as segment_type,
        coalesce(bridge.segment_value, moved.segment_value) as segment_value,
        coalesce(bridge.month_index, moved.month_index) as month_index,
        {%- for measure in ['arr', 'customers'] %}
        sum(coalesce(moved.{{ measure }}_change, 0)) over (
            partition by
                coalesce(bridge.segment_type, moved.segment_type),
                coalesce(bridge.segment_value, moved.segment_value)
            order by coalesce(bridge.month_index, moved.month_index) nulls last
            rows between unbounded preceding and current row
        ) as {{ measure }}_of_spans,
        {%- endfor %}
        coalesce(bridge.ending_arr, 0) as ending_arr,
        coalesce(bridge.ending_customers, 0) as ending_customers
    from bridge
    full join moved
        on
            bridge.segment_type = moved.segment_type
            and bridge.segment_value = moved.segment_value
            and bridge.month_index = moved.month_index

)

select * from compared
where
    month_index <= {{ last_published_month_index() }}
    and (
        arr_of_spans <> ending_arr
        or customers_of_spans <> ending_customers
    )

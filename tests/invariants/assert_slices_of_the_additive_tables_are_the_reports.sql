-- Every value of every column, summed over the additive tables, is the row of the report: ARR and
-- customers at month end, movements but for what moves within the value, and retention.
with balances as (
    {%- for segment_type in ['all'] + segment_columns() %}

    select
        '{{ segment_type }}' as segment_type,
        {{ "'all'" if segment_type == 'all' else segment_type }} as segment_value,
        date_month,
        sum(arr) as arr,
        sum(customers) as customers
    from {{ ref('fct_arr_by_segments_monthly') }}
    group by {{ '' if segment_type == 'all' else segment_type ~ ', ' }}date_month
    {% if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}

),

movements as (
    {%- for segment_type in ['all'] + segment_columns() %}

    select
        '{{ segment_type }}' as segment_type,
        {{ "'all'" if segment_type == 'all' else segment_type }} as segment_value,
        {%- for movement_type in movement_types() %}
        sum(case when movement_type = '{{ movement_type }}' then arr_change else 0 end)
            as {{ movement_type }}_arr,
        {%- endfor %}
        date_month
    from {{ ref('fct_arr_movements_by_segments_monthly') }}
    group by {{ '' if segment_type == 'all' else segment_type ~ ', ' }}date_month
    {% if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}

),

retention as (
    {%- for segment_type in ['all'] + segment_columns() %}

    select
        '{{ segment_type }}' as segment_type,
        {{ "'all'" if segment_type == 'all' else segment_type }} as segment_value,
        date_month,
        window_months,
        sum(base_arr) as base_arr,
        sum(net_retained_arr) as net_retained_arr,
        sum(gross_retained_arr) as gross_retained_arr,
        sum(base_customers) as base_customers
    from {{ ref('fct_retention_by_segments_monthly') }}
    group by
        {{ '' if segment_type == 'all' else segment_type ~ ', ' }}date_month,
        window_months
    {% if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}

)

select
    'bridge' as report,
    bridge.segment_type,
    bridge.segment_value,
    bridge.date_month
from {{ ref('rpt_arr_bridge_monthly') }} as bridge
left join balances
    on
        bridge.segment_type = balances.segment_type
        and bridge.segment_value = balances.segment_value
        and bridge.date_month = balances.date_month
left join movements
    on
        bridge.segment_type = movements.segment_type
        and bridge.segment_value = movements.segment_value
        and bridge.date_month = movements.date_month
where
    bridge.ending_arr <> coalesce(balances.arr, 0)
    or bridge.ending_customers <> coalesce(balances.customers, 0)
    {%- for movement_type in movement_types() %}
    or bridge.{{ movement_type }}_arr <> coalesce(movements.{{ movement_type }}_arr, 0)
    {%- endfor %}

union all

select
    'retention' as report,
    published.segment_type,
    published.segment_value,
    published.date_month
from {{ ref('rpt_ndr_grr_monthly') }} as published
left join retention
    on
        published.segment_type = retention.segment_type
        and published.segment_value = retention.segment_value
        and published.date_month = retention.date_month
        and published.window_months = retention.window_months
where
    published.base_arr <> coalesce(retention.base_arr, 0)
    or published.base_customers <> coalesce(retention.base_customers, 0)
    or published.net_retained_arr <> coalesce(retention.net_retained_arr, 0)
    or published.gross_retained_arr <> coalesce(retention.gross_retained_arr, 0)

-- Base, net and gross of every segment value and the window of 12 months (else the first window)
-- are those of the customers who were in it at the base month, wherever they are now.
{%- set months = 12 if 12 in retention_windows() else retention_windows() | first %}
with looks as (

    select
        month_index - {{ months }} as month_index,
        month_index as rate_month_index
    from {{ ref('int_ledger_months') }}

    union all

    select
        month_index,
        month_index as rate_month_index
    from {{ ref('int_ledger_months') }}

),

balances as (
    {{ balances_seen_from('looks') }}
),

segments as (
    {{- with_customer_key(ref('int_customer_segment_spans')) }}

),

based as (

    select
        balances.customer_key,
        balances.rate_month_index as month_index,
        {{- known_segments_of('segments') }}
        balances.arr
    from balances
    left join segments
        on
            balances.customer_key = segments.customer_key
            and balances.month_index >= segments.from_month_index
            and balances.month_index < {{ or_open('segments.until_month_index') }}
    where
        balances.arr > 0
        and balances.month_index < balances.rate_month_index

),

by_columns as (

    select
        {%- for column in segment_columns() %}
        based.{{ column }},
        {%- endfor %}
        based.month_index,
        sum(based.arr) as base_arr,
        count(*) as base_customers,
        sum(coalesce(balances.arr, 0)) as net_arr,
        sum(
            case
                when coalesce(balances.arr, 0) < 0 then 0
                when coalesce(balances.arr, 0) < based.arr then coalesce(balances.arr, 0)
                else based.arr
            end
        ) as gross_arr
    from based
    left join balances
        on
            based.customer_key = balances.customer_key
            and based.month_index = balances.month_index
            and based.month_index = balances.rate_month_index
    group by
        {%- for column in segment_columns() %}
        based.{{ column }},
        {%- endfor %}
        based.month_index

),

recomputed as (
    {%- for segment_type in ['all'] + segment_columns() %}

    select
        '{{ segment_type }}' as segment_type,
        {{ "'all'" if segment_type == 'all' else segment_type }} as segment_value,
        month_index,
        sum(base_arr) as base_arr,
        sum(base_customers) as base_customers,
        sum(net_arr) as net_arr,
        sum(gross_arr) as gross_arr
    from by_columns
    group by {{ '' if segment_type == 'all' else segment_type ~ ', ' }}month_index
    {% if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}

),

published as (

    select
        *,
        {{ month_index('date_month') }} as month_index
    from {{ ref('rpt_ndr_grr_monthly') }}
    where window_months = {{ months }}

)

select
    coalesce(recomputed.segment_type, published.segment_type) as segment_type,
    coalesce(recomputed.segment_value, published.segment_value) as segment_value,
    coalesce(recomputed.month_index, published.month_index) as month_index,
    recomputed.base_arr as recomputed_base_arr,
    published.base_arr,
    recomputed.base_customers as recomputed_base_customers,
    published.base_customers,
    recomputed.net_arr as recomputed_net_arr,
    published.net_retained_arr,
    recomputed.gross_arr as recomputed_gross_arr,
    published.gross_retained_arr
from recomputed
full join published
    on
        recomputed.segment_type = published.segment_type
        and recomputed.segment_value = published.segment_value
        and recomputed.month_index = published.month_index
where
    published.month_index is null
    or coalesce(recomputed.base_arr, 0) <> published.base_arr
    or coalesce(recomputed.base_customers, 0) <> published.base_customers
    or coalesce(recomputed.net_arr, 0) <> published.net_retained_arr
    or coalesce(recomputed.gross_arr, 0) <> published.gross_retained_arr

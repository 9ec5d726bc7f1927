-- The values of every segment column sum to all customers in every column of the bridge; transfers
-- between them sum to zero.
{%- set measures = [
    'beginning_arr', 'opening_balance_arr', 'new_arr', 'reactivation_arr', 'expansion_arr',
    'contraction_arr', 'churn_arr', 'fx_arr', 'transfer_arr', 'net_new_arr', 'ending_arr'
] %}
with bridge as (

    select * from {{ ref('rpt_arr_bridge_monthly') }}

),

segment_types as (
    {%- for segment_type in ['all'] + segment_columns() %}

    select '{{ segment_type }}' as segment_type
    {% if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}

),

summed as (

    select
        date_month,
        {%- for measure in measures %}
        sum({{ measure }}) as {{ measure }},
        {%- endfor %}
        segment_type
    from bridge
    group by date_month, segment_type

),

expected as (

    select
        segment_types.segment_type as expected_segment_type,
        bridge.*
    from bridge
    cross join segment_types
    where bridge.segment_type = 'all'

)

select
    coalesce(expected.date_month, summed.date_month) as date_month,
    {%- for measure in measures %}
    expected.{{ measure }} as {{ measure }}_of_all,
    summed.{{ measure }} as {{ measure }}_of_segments,
    {%- endfor %}
    coalesce(expected.expected_segment_type, summed.segment_type) as segment_type
from expected
full join summed
    on
        expected.date_month = summed.date_month
        and expected.expected_segment_type = summed.segment_type
where
    coalesce(summed.transfer_arr, 0) <> 0
    {%- for measure in measures %}
    or expected.{{ measure }} is distinct from summed.{{ measure }}
    {%- endfor %}

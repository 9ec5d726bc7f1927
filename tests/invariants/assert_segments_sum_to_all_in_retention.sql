-- Base, net, gross and logos of the values of a segment column sum to those of all, so the rate of
-- all is the mean of the segments' rates weighted by their base and lies between the lowest and the
-- highest.
{%- set measures = [
    'base_arr', 'base_customers', 'net_retained_arr', 'gross_retained_arr', 'retained_customers'
] %}
with published as (

    select * from {{ ref('rpt_ndr_grr_monthly') }}

),

segment_types as (
    {%- for segment_type in ['all'] + segment_columns() %}

    select '{{ segment_type }}' as segment_type
    {% if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}

),

all_customers as (

    select
        segment_types.segment_type as compared_segment_type,
        published.*
    from published
    cross join segment_types
    where published.segment_type = 'all'

),

summed as (

    select
        date_month,
        window_months,
        segment_type
        {%- for measure in measures %},
        sum({{ measure }}) as {{ measure }}
        {%- endfor %},
        min(case when base_arr > 0 then ndr end) as lowest_ndr,
        max(case when base_arr > 0 then ndr end) as highest_ndr,
        min(case when base_arr > 0 then grr end) as lowest_grr,
        max(case when base_arr > 0 then grr end) as highest_grr
    from published
    group by date_month, window_months, segment_type

)

select
    coalesce(all_customers.date_month, summed.date_month) as date_month,
    coalesce(all_customers.window_months, summed.window_months) as window_months,
    coalesce(all_customers.compared_segment_type, summed.segment_type) as segment_type
    {%- for measure in measures %},
    all_customers.{{ measure }} as {{ measure }}_of_all,
    summed.{{ measure }} as {{ measure }}_of_segments
    {%- endfor %},
    all_customers.ndr,
    summed.lowest_ndr,
    summed.highest_ndr,
    all_customers.grr,
    summed.lowest_grr,
    summed.highest_grr
from all_customers
full join summed
    on
        all_customers.date_month = summed.date_month
        and all_customers.window_months = summed.window_months
        and all_customers.compared_segment_type = summed.segment_type
where
    all_customers.date_month is null
    -- before the first base a segment column may have no value at all
    {%- for measure in measures %}
    or all_customers.{{ measure }} <> coalesce(summed.{{ measure }}, 0)
    {%- endfor %}
    -- rates are doubles: the bounds leave room for the last bits of three divisions
    or all_customers.ndr < summed.lowest_ndr - 1e-9 * greatest(1, abs(summed.lowest_ndr))
    or all_customers.ndr > summed.highest_ndr + 1e-9 * greatest(1, abs(summed.highest_ndr))
    or all_customers.grr < summed.lowest_grr - 0.000000001
    or all_customers.grr > summed.highest_grr + 0.000000001

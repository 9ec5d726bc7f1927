-- What is decided, open, lost and renewed sums to all, cut by product family, segment or owner.
{%- set measures = ['decided_arr', 'open_arr', 'lost_arr', 'gross_renewed_arr', 'renewed_arr'] %}
with cuts as (
    {%- for segment_type in ['all', 'product_family'] + segment_columns() + book_columns() %}

    select '{{ segment_type }}' as segment_type
    {% if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}

),

everything as (

    select
        cuts.segment_type as compared_segment_type,
        published.*
    from {{ ref('rpt_renewal_rates_monthly') }} as published
    cross join cuts
    where published.segment_type = 'all'

),

summed as (

    select
        {%- for measure in measures %}
        sum({{ measure }}) as {{ measure }},
        {%- endfor %}
        date_month,
        segment_type
    from {{ ref('rpt_renewal_rates_monthly') }}
    group by date_month, segment_type

)

select
    {%- for measure in measures %}
    everything.{{ measure }} as {{ measure }}_of_all,
    summed.{{ measure }} as {{ measure }}_of_cuts,
    {%- endfor %}
    coalesce(everything.date_month, summed.date_month) as date_month,
    coalesce(everything.compared_segment_type, summed.segment_type) as segment_type
from everything
full join summed
    on
        everything.date_month = summed.date_month
        and everything.compared_segment_type = summed.segment_type
where
    everything.date_month is null
    or summed.date_month is null
    {%- for measure in measures %}
    or everything.{{ measure }} <> summed.{{ measure }}
    {%- endfor %}

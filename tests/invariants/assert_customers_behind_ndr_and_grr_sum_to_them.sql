-- The customers in the base of every month, window and segment sum to what NDR, GRR and logo
-- retention are divided from; no base is without its customers.
with by_columns as (

    select
        {%- for column in segment_columns() %}
        {{ column }},
        {%- endfor %}
        date_month,
        window_months,
        sum(base_arr) as base_arr,
        count(*) as base_customers,
        sum(net_retained_arr) as net_retained_arr,
        sum(gross_retained_arr) as gross_retained_arr,
        sum(case when is_retained then 1 else 0 end) as retained_customers
    from {{ ref('fct_customer_retention_monthly') }}
    group by
        {%- for column in segment_columns() %}
        {{ column }},
        {%- endfor %}
        date_month,
        window_months

),

summed as (
    {%- for segment_type in ['all'] + segment_columns() %}

    select
        '{{ segment_type }}' as segment_type,
        {{ "'all'" if segment_type == 'all' else segment_type }} as segment_value,
        date_month,
        window_months,
        sum(base_arr) as base_arr,
        sum(base_customers) as base_customers,
        sum(net_retained_arr) as net_retained_arr,
        sum(gross_retained_arr) as gross_retained_arr,
        sum(retained_customers) as retained_customers
    from by_columns
    group by {{ '' if segment_type == 'all' else segment_type ~ ', ' }}date_month, window_months
    {% if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}

),

rates as (

    select * from {{ ref('rpt_ndr_grr_monthly') }}

)

select
    coalesce(rates.segment_value, summed.segment_value) as segment_value,
    coalesce(rates.date_month, summed.date_month) as date_month,
    coalesce(rates.window_months, summed.window_months) as window_months,
    rates.base_arr,
    summed.base_arr as sum_of_customers
from rates
full join summed
    on
        rates.segment_type = summed.segment_type
        and rates.segment_value = summed.segment_value
        and rates.date_month = summed.date_month
        and rates.window_months = summed.window_months
where
    rates.date_month is null
    or rates.base_arr <> coalesce(summed.base_arr, 0)
    or rates.base_customers <> coalesce(summed.base_customers, 0)
    or rates.net_retained_arr <> coalesce(summed.net_retained_arr, 0)
    or rates.gross_retained_arr <> coalesce(summed.gross_retained_arr, 0)
    or rates.retained_customers <> coalesce(summed.retained_customers, 0)

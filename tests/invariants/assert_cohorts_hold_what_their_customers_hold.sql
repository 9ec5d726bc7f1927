-- Net, gross and logos of every cohort, age and segment are those of the customers whose first
-- month with ARR it is, in the segment they were in then; gross is capped customer by customer at
-- the first month, which is taken at the rates of the age. Recomputed from monthly balances.
with balances as (
    {{- months_of_customers() }}

),

segments as (
    {{- with_customer_key(ref('int_customer_segment_spans')) }}

),

firsts as (

    select
        customer_key,
        min(month_index) as cohort_month_index
    from balances
    where arr > 0
    group by customer_key

),
{%- if fx_mode() == 'month_end_rate' %}

looks as (

    select
        began.month_index,
        reached.month_index as rate_month_index
    from {{ ref('int_ledger_months') }} as began
    inner join {{ ref('int_ledger_months') }} as reached
        on began.month_index <= reached.month_index

),

first_balances as (
    {{ balances_seen_from('looks') }}
),
{%- else %}

first_balances as (

    select * from balances

),
{%- endif %}

aged as (

    select
        firsts.cohort_month_index,
        balances.month_index - firsts.cohort_month_index as age_months,
        balances.arr,
        {{- known_segments_of('segments') }}
        first_balances.arr as cohort_arr
    from firsts
    inner join balances
        on
            firsts.customer_key = balances.customer_key
            and firsts.cohort_month_index <= balances.month_index
    inner join first_balances
        on
            firsts.customer_key = first_balances.customer_key
            and firsts.cohort_month_index = first_balances.month_index
    {%- if fx_mode() == 'month_end_rate' %}
            and balances.month_index = first_balances.rate_month_index
    {%- endif %}
    left join segments
        on
            firsts.customer_key = segments.customer_key
            and firsts.cohort_month_index >= segments.from_month_index
            and firsts.cohort_month_index < {{ or_open('segments.until_month_index') }}

),

recomputed as (
    {%- for segment_type in ['all'] + segment_columns() %}

    select
        '{{ segment_type }}' as segment_type,
        {{ "'all'" if segment_type == 'all' else segment_type }} as segment_value,
        cohort_month_index,
        age_months,
        sum(cohort_arr) as cohort_arr,
        count(*) as cohort_customers,
        sum(arr) as net_arr,
        sum(
            case when arr < 0 then 0 when arr < cohort_arr then arr else cohort_arr end
        ) as gross_arr,
        sum(case when arr > 0 then 1 else 0 end) as customers
    from aged
    group by
        {{ '' if segment_type == 'all' else segment_type ~ ', ' }}cohort_month_index,
        age_months
    {% if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}

),

published as (

    select
        *,
        {{ month_index('cohort_month') }} as cohort_month_index
    from {{ ref('rpt_cohort_retention_monthly') }}

)

select
    coalesce(recomputed.segment_type, published.segment_type) as segment_type,
    coalesce(recomputed.segment_value, published.segment_value) as segment_value,
    coalesce(recomputed.cohort_month_index, published.cohort_month_index) as cohort_month_index,
    coalesce(recomputed.age_months, published.age_months) as age_months,
    recomputed.cohort_arr as recomputed_cohort_arr,
    published.cohort_arr,
    recomputed.net_arr as recomputed_net_arr,
    published.net_retained_arr,
    recomputed.gross_arr as recomputed_gross_arr,
    published.gross_retained_arr,
    recomputed.customers as recomputed_customers,
    published.retained_customers
from recomputed
full join published
    on
        recomputed.segment_type = published.segment_type
        and recomputed.segment_value = published.segment_value
        and recomputed.cohort_month_index = published.cohort_month_index
        and recomputed.age_months = published.age_months
where
    recomputed.cohort_arr is distinct from published.cohort_arr
    or recomputed.cohort_customers is distinct from published.cohort_customers
    or recomputed.net_arr is distinct from published.net_retained_arr
    or recomputed.gross_arr is distinct from published.gross_retained_arr
    or recomputed.customers is distinct from published.retained_customers
    or published.net_retention
    is distinct from {{ ratio('recomputed.net_arr', 'recomputed.cohort_arr') }}
    or published.gross_retention
    is distinct from {{ ratio('recomputed.gross_arr', 'recomputed.cohort_arr') }}
    or published.logo_retention
    is distinct from {{ ratio('recomputed.customers', 'recomputed.cohort_customers') }}

-- The ARR of all cohorts at a calendar month sums to the closing ARR of that month. Customers who
-- were below zero before their first month with ARR, or never above it, have no cohort then and are
-- taken out of the closing.
with cohorts as (

    select
        segment_type,
        {{ month_index('cohort_month') }} + age_months as month_index,
        sum(net_retained_arr) as arr
    from {{ ref('rpt_cohort_retention_monthly') }}
    group by segment_type, {{ month_index('cohort_month') }} + age_months

),

segment_types as (
    {%- for segment_type in ['all'] + segment_columns() %}

    select '{{ segment_type }}' as segment_type
    {% if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}

),

balances as (
    {{- months_of_customers() }}

),

firsts as (

    select
        customer_key,
        min(month_index) as month_index
    from balances
    where arr > 0
    group by customer_key

),

closings as (

    select
        segment_types.segment_type,
        balances.month_index,
        sum(balances.arr) as arr
    from balances
    inner join firsts
        on
            balances.customer_key = firsts.customer_key
            and balances.month_index >= firsts.month_index
    cross join segment_types
    group by segment_types.segment_type, balances.month_index

)

select
    coalesce(cohorts.segment_type, closings.segment_type) as segment_type,
    coalesce(cohorts.month_index, closings.month_index) as month_index,
    cohorts.arr as sum_of_cohorts,
    closings.arr as closing_arr
from cohorts
full join closings
    on
        cohorts.segment_type = closings.segment_type
        and cohorts.month_index = closings.month_index
where cohorts.arr is distinct from closings.arr

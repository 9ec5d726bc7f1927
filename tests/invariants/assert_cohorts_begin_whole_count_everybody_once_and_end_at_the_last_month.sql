-- At age 0 a cohort is whole, in money and logos; no age has more logos than that; each cohort
-- shows every age from 0 to the last published month and none beyond; the logos at age 0 sum to all
-- customers who ever had ARR.
with cohorts as (

    select
        *,
        {{ month_index('cohort_month') }} as cohort_month_index
    from {{ ref('rpt_cohort_retention_monthly') }}

),

wrong_cells as (

    select
        segment_type,
        segment_value,
        cohort_month_index,
        age_months,
        cohort_arr as expected,
        net_retained_arr as found
    from cohorts
    where
        (
            age_months = 0
            and (
                net_retained_arr <> cohort_arr
                or gross_retained_arr <> cohort_arr
                or retained_customers <> cohort_customers
            )
        )
        or retained_customers > cohort_customers
        or gross_retained_arr > cohort_arr
        or age_months < 0
        or cohort_month_index + age_months > {{ last_published_month_index() }}

),

wrong_lengths as (

    select
        segment_type,
        segment_value,
        cohort_month_index,
        max(age_months) as age_months,
        {{ last_published_month_index() }} - cohort_month_index + 1 as expected,
        count(*) as found
    from cohorts
    group by segment_type, segment_value, cohort_month_index
    having count(*) <> {{ last_published_month_index() }} - cohort_month_index + 1

),

sizes as (

    select
        segment_type,
        sum(cohort_customers) as customer_count
    from cohorts
    where age_months = 0
    group by segment_type

),

customers as (

    select count(distinct customer_id) as customer_count
    from {{ ref('fct_customer_arr_monthly') }}
    where arr > 0

),

segment_types as (
    {%- for segment_type in ['all'] + segment_columns() %}

    select '{{ segment_type }}' as segment_type
    {% if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}

),

wrong_sizes as (

    select
        segment_types.segment_type,
        'all cohorts' as segment_value,
        cast(null as integer) as cohort_month_index,
        0 as age_months,
        customers.customer_count as expected,
        coalesce(sizes.customer_count, 0) as found
    from customers
    cross join segment_types
    left join sizes
        on segment_types.segment_type = sizes.segment_type
    where customers.customer_count <> coalesce(sizes.customer_count, 0)

)

select * from wrong_cells

union all

select * from wrong_lengths

union all

select * from wrong_sizes

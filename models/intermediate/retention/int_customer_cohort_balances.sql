-- Grain: one row per customer and age in months at which its ARR moves, or that of its first month
-- as the rates of that age see it.
-- long because under month-end rates the base moves too.
with spans as (

    select * from {{ ref('int_account_spans') }}
    where is_customer

),

sets as (

    select * from {{ ref('int_customer_segment_sets') }}

),

-- the cohort of a customer is its first month with ARR
cohorts as (

    select
        spans.account_key as customer_key,
        spans.first_month_index as cohort_month_index,
        spans.arr as cohort_arr,
        coalesce(sets.segment_set_key, {{ unknown_segment_set() }}) as segment_set_key
    from spans
    {{ segment_set_at('spans', 'sets', 'spans.first_month_index', 'account_key') }}
    where spans.from_month_index = spans.first_month_index

),
{%- if fx_mode() == 'month_end_rate' %}

base_changes as (

    select * from {{ ref('int_cohort_base_changes') }}

),
{%- endif %}

-- at age 0 the whole ARR enters; later only what changed
aged as (

    select
        cohorts.customer_key,
        spans.from_month_index as month_index,
        case
            when spans.from_month_index = cohorts.cohort_month_index then spans.arr
            else spans.arr_change
        end as arr_change,
        spans.arr,
        case
            when spans.from_month_index = cohorts.cohort_month_index then cohorts.cohort_arr
            else 0
        end as cohort_arr_change,
        cohorts.cohort_arr
    from spans
    inner join cohorts
        on spans.account_key = cohorts.customer_key
    where spans.from_month_index >= cohorts.cohort_month_index

),
{%- if fx_mode() == 'month_end_rate' %}

moved as (

    select
        customer_key,
        month_index,
        arr_change,
        0 as cohort_arr_change
    from aged

    union all

    select
        customer_key,
        month_index,
        0 as arr_change,
        cohort_arr_change
    from base_changes

),

summed as (

    select
        customer_key,
        month_index,
        sum(arr_change) as arr_change,
        sum(cohort_arr_change) as cohort_arr_change
    from moved
    group by customer_key, month_index

),

balances as (

    select
        customer_key,
        month_index,
        arr_change,
        sum(arr_change) over (
            partition by customer_key order by month_index
            rows between unbounded preceding and current row
        ) as arr,
        cohort_arr_change,
        sum(cohort_arr_change) over (
            partition by customer_key order by month_index
            rows between unbounded preceding and current row
        ) as cohort_arr
    from summed

),
{%- else %}

balances as (

    select * from aged

),
{%- endif %}

final as (

    select
        balances.customer_key,
        cohorts.cohort_month_index,
        cohorts.segment_set_key,
        balances.month_index - cohorts.cohort_month_index as age_months,
        cast(balances.arr - balances.arr_change as {{ type_money() }}) as opening_arr,
        cast(balances.arr as {{ type_money() }}) as arr,
        cast(
            balances.cohort_arr - balances.cohort_arr_change as {{ type_money() }}
        ) as opening_cohort_arr,
        cast(balances.cohort_arr as {{ type_money() }}) as cohort_arr
    from balances
    inner join cohorts
        on balances.customer_key = cohorts.customer_key

)

select * from final

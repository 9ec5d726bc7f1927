-- The customers of the first of 24 months are followed through both years, summed from one row per
-- customer and month, all at the rates of the last one.
{%- if fx_mode() == 'month_end_rate' %}
with looks as (

    select
        held.month_index,
        seen.month_index as rate_month_index
    from {{ ref('int_ledger_months') }} as seen
    inner join {{ ref('int_ledger_months') }} as held
        on
            seen.month_index >= held.month_index
            and seen.month_index - 23 <= held.month_index

),

balances as (
    {{ balances_seen_from('looks') }}
),

recomputed as (

    select
        bases.rate_month_index as month_index,
        sum(
            case when held.month_index < bases.month_index + 12 then held.arr else 0 end
        ) as first_year_arr,
        sum(
            case when held.month_index >= bases.month_index + 12 then held.arr else 0 end
        ) as second_year_arr,
        count(distinct bases.customer_key) as base_customers
    from balances as bases
    inner join balances as held
        on
            bases.customer_key = held.customer_key
            and bases.rate_month_index = held.rate_month_index
    where
        bases.arr > 0
        and bases.month_index + 23 = bases.rate_month_index
    group by bases.rate_month_index

),
{%- else %}
with balances as (
    {{- months_of_customers() }}

),

-- a customer has a row for every month from its first on
looked_back as (

    select
        month_index,
        lag(arr, 23) over (partition by customer_key order by month_index) as base_arr,
        sum(arr) over (
            partition by customer_key order by month_index
            rows between 23 preceding and 12 preceding
        ) as first_year_arr,
        sum(arr) over (
            partition by customer_key order by month_index
            rows between 11 preceding and current row
        ) as second_year_arr
    from balances

),

recomputed as (

    select
        month_index,
        sum(first_year_arr) as first_year_arr,
        sum(second_year_arr) as second_year_arr,
        count(*) as base_customers
    from looked_back
    where base_arr > 0
    group by month_index

),
{%- endif %}

published as (

    select
        {{ month_index('date_month') }} as month_index,
        base_arr,
        base_customers,
        ndr
    from {{ ref('rpt_ndr_variants_monthly') }}
    where method = 'two_year_cohort'

)

select
    coalesce(recomputed.month_index, published.month_index) as month_index,
    recomputed.first_year_arr,
    recomputed.second_year_arr,
    recomputed.base_customers,
    published.base_arr as published_base_arr,
    published.base_customers as published_base_customers,
    published.ndr as published_ndr
from recomputed
full join published
    on recomputed.month_index = published.month_index
where
    published.month_index is null
    or published.base_arr <> coalesce(recomputed.first_year_arr, 0)
    or published.base_customers <> coalesce(recomputed.base_customers, 0)
    or published.ndr
    is distinct from {{ ratio('recomputed.second_year_arr', 'recomputed.first_year_arr') }}

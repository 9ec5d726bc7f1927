-- Net retained ARR of the window of 12 months (else the first window) is the base and the movements
-- of its customers since, changes of rates among them. The base is shown at the rates of now, and
-- moved on from what it was at its own.
{%- set months = 12 if 12 in retention_windows() else retention_windows() | first %}
with looks as (

    select
        month_index - {{ months }} as month_index,
        month_index as rate_month_index
    from {{ ref('int_ledger_months') }}

),

balances as (
    {{ balances_seen_from('looks') }}
),

closings as (
    {{- months_of_customers() }}

),

keyed_movements as (
    {{- with_customer_key(ref('fct_arr_movements')) }}

),

movements as (

    select
        customer_key,
        {{ month_index('date_month') }} as month_index,
        arr_change
    from keyed_movements

),

bases as (

    select
        balances.rate_month_index as month_index,
        sum(balances.arr) as arr,
        sum(closings.arr) as arr_at_own_rates
    from balances
    inner join closings
        on
            balances.customer_key = closings.customer_key
            and balances.month_index = closings.month_index
    where balances.arr > 0
    group by balances.rate_month_index

),

moved as (

    select
        balances.rate_month_index as month_index,
        sum(movements.arr_change) as arr_change
    from balances
    inner join movements
        on
            balances.customer_key = movements.customer_key
            and balances.month_index < movements.month_index
            and balances.rate_month_index >= movements.month_index
    where balances.arr > 0
    group by balances.rate_month_index

),

published as (

    select
        {{ month_index('date_month') }} as month_index,
        base_arr,
        net_retained_arr
    from {{ ref('rpt_ndr_grr_monthly') }}
    where
        segment_type = 'all'
        and window_months = {{ months }}

)

select
    coalesce(bases.month_index, published.month_index) as month_index,
    bases.arr as base_of_customers,
    published.base_arr,
    bases.arr_at_own_rates + coalesce(moved.arr_change, 0) as base_and_movements,
    published.net_retained_arr
from bases
left join moved
    on bases.month_index = moved.month_index
full join published
    on bases.month_index = published.month_index
where
    published.month_index is null
    or coalesce(bases.arr, 0) <> published.base_arr
    or coalesce(bases.arr_at_own_rates, 0) + coalesce(moved.arr_change, 0)
    <> published.net_retained_arr

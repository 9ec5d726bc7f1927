-- Net retained ARR of the window of 12 months (else the first window) is the base and the movements
-- of its customers since.
{%- set months = 12 if 12 in retention_windows() else retention_windows() | first %}
with balances as (

    select
        customer_id,
        {{ month_index('date_month') }} as month_index,
        arr
    from {{ ref('fct_customer_arr_monthly') }}

),

movements as (

    select
        customer_id,
        {{ month_index('date_month') }} as month_index,
        arr_change
    from {{ ref('fct_arr_movements') }}

),

bases as (

    select
        month_index + {{ months }} as month_index,
        sum(arr) as arr
    from balances
    where
        arr > 0
        and month_index + {{ months }} <= {{ last_published_month_index() }}
    group by month_index

),

moved as (

    select
        balances.month_index + {{ months }} as month_index,
        sum(movements.arr_change) as arr_change
    from balances
    inner join movements
        on
            balances.customer_id = movements.customer_id
            and balances.month_index < movements.month_index
            and balances.month_index + {{ months }} >= movements.month_index
    where balances.arr > 0
    group by balances.month_index

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
    bases.arr + coalesce(moved.arr_change, 0) as base_and_movements,
    published.net_retained_arr
from bases
left join moved
    on bases.month_index = moved.month_index
full join published
    on bases.month_index = published.month_index
where
    published.month_index is null
    or coalesce(bases.arr, 0) <> published.base_arr
    or coalesce(bases.arr, 0) + coalesce(moved.arr_change, 0) <> published.net_retained_arr

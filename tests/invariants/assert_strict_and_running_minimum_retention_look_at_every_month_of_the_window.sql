-- Strict retention counts a customer only if no month end of the window is without ARR; the running
-- minimum counts the lowest month end of the window, at most the base. Recomputed month by month,
-- all months of a window at the rates of its last one.
{%- if fx_mode() == 'month_end_rate' %}
with windows as (
    {%- for months in retention_windows() %}

    select {{ months }} as window_months
    {% if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}

),

looks as (

    select
        held.month_index,
        seen.month_index as rate_month_index
    from {{ ref('int_ledger_months') }} as seen
    inner join {{ ref('int_ledger_months') }} as held
        on
            seen.month_index >= held.month_index
            and seen.month_index - {{ retention_windows() | max }} <= held.month_index

),

balances as (
    {{ balances_seen_from('looks') }}
),

-- a month in which nothing is held has no row
looked_back as (

    select
        windows.window_months,
        balances.rate_month_index as month_index,
        sum(case when balances.month_index = balances.rate_month_index then balances.arr else 0 end)
            as arr,
        sum(
            case
                when balances.month_index + windows.window_months = balances.rate_month_index
                    then balances.arr
                else 0
            end
        ) as base_arr,
        case when count(*) = windows.window_months + 1 then min(balances.arr) else 0 end
            as lowest_arr
    from balances
    inner join windows
        on balances.month_index + windows.window_months >= balances.rate_month_index
    group by balances.customer_key, windows.window_months, balances.rate_month_index

),
{%- else %}
with balances as (
    {{- months_of_customers() }}

),

-- all windows in one pass over the months of a customer
looked_from_all as (

    select
        {%- for months in retention_windows() %}
        lag(arr, {{ months }}) over (partition by customer_key order by month_index)
            as base_arr_{{ months }},
        min(arr) over (
            partition by customer_key order by month_index
            rows between {{ months }} preceding and current row
        ) as lowest_arr_{{ months }},
        {%- endfor %}
        month_index,
        arr
    from balances

),

looked_back as (
    {%- for months in retention_windows() %}

    select
        {{ months }} as window_months,
        month_index,
        arr,
        base_arr_{{ months }} as base_arr,
        lowest_arr_{{ months }} as lowest_arr
    from looked_from_all
    {% if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}

),
{%- endif %}

recomputed as (

    select
        window_months,
        month_index,
        sum(base_arr) as base_arr,
        sum(case when lowest_arr > 0 then arr else 0 end) as strict_net_arr,
        sum(
            case
                when lowest_arr > 0 and arr < base_arr then arr
                when lowest_arr > 0 then base_arr
                else 0
            end
        ) as strict_gross_arr,
        sum(case when lowest_arr > 0 then lowest_arr else 0 end) as lowest_arr
    from looked_back
    where base_arr > 0
    group by window_months, month_index

),

sums as (

    select * from {{ ref('int_retention_sums_monthly') }}
    where
        account_grain = 'customer'
        and segment_type = 'all'

)

select
    coalesce(recomputed.month_index, sums.month_index) as month_index,
    coalesce(recomputed.window_months, sums.window_months) as window_months,
    recomputed.strict_net_arr as recomputed_strict_net_arr,
    sums.strict_net_arr,
    recomputed.strict_gross_arr as recomputed_strict_gross_arr,
    sums.strict_gross_arr,
    recomputed.lowest_arr as recomputed_lowest_arr,
    sums.lowest_arr
from recomputed
full join sums
    on
        recomputed.month_index = sums.month_index
        and recomputed.window_months = sums.window_months
where
    sums.month_index is null
    or coalesce(recomputed.strict_net_arr, 0) <> sums.strict_net_arr
    or coalesce(recomputed.strict_gross_arr, 0) <> sums.strict_gross_arr
    or coalesce(recomputed.lowest_arr, 0) <> sums.lowest_arr

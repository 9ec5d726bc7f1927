-- Base, net, gross and logos of every window are what a self join of monthly balances gives:
-- customers with ARR at the base month, at today's value, capped one by one. Who left stays in
-- the base; who came later is in neither. Both months are taken at the rates of the later one.
-- GRR is NDR exactly where no customer of the base grew (a month with one below zero is left out),
-- logo retention is 1 exactly where none is at zero, and GRR is 0 exactly where all are.
with months as (

    select * from {{ ref('int_ledger_months') }}

),

windows as (
    {%- for months in [0] + retention_windows() %}

    select {{ months }} as window_months
    {% if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}

),

looks as (

    select
        months.month_index - windows.window_months as month_index,
        months.month_index as rate_month_index
    from months
    cross join windows

),

balances as (
    {{ balances_seen_from('looks') }}
),

recomputed as (

    select
        base.rate_month_index as month_index,
        base.rate_month_index - base.month_index as window_months,
        sum(base.arr) as base_arr,
        count(*) as base_customers,
        sum(coalesce(now.arr, 0)) as net_arr,
        sum(
            case
                when coalesce(now.arr, 0) < 0 then 0
                when coalesce(now.arr, 0) < base.arr then coalesce(now.arr, 0)
                else base.arr
            end
        ) as gross_arr,
        sum(case when now.arr > 0 then 1 else 0 end) as retained_customers,
        sum(case when now.arr > base.arr then 1 else 0 end) as grown_customers,
        sum(case when now.arr < 0 then 1 else 0 end) as below_zero_customers
    from balances as base
    left join balances as now
        on
            base.customer_key = now.customer_key
            and base.rate_month_index = now.rate_month_index
            and base.rate_month_index = now.month_index
    where
        base.arr > 0
        and base.month_index < base.rate_month_index
    group by base.rate_month_index, base.rate_month_index - base.month_index

),

published as (

    select
        *,
        {{ month_index('date_month') }} as month_index
    from {{ ref('rpt_ndr_grr_monthly') }}
    where segment_type = 'all'

)

select
    coalesce(recomputed.month_index, published.month_index) as month_index,
    coalesce(recomputed.window_months, published.window_months) as window_months,
    recomputed.base_arr as recomputed_base_arr,
    published.base_arr,
    recomputed.base_customers as recomputed_base_customers,
    published.base_customers,
    recomputed.net_arr as recomputed_net_arr,
    published.net_retained_arr,
    recomputed.gross_arr as recomputed_gross_arr,
    published.gross_retained_arr,
    recomputed.retained_customers as recomputed_retained_customers,
    published.retained_customers
from recomputed
full join published
    on
        recomputed.month_index = published.month_index
        and recomputed.window_months = published.window_months
where
    published.month_index is null
    or coalesce(recomputed.base_arr, 0) <> published.base_arr
    or coalesce(recomputed.base_customers, 0) <> published.base_customers
    or coalesce(recomputed.net_arr, 0) <> published.net_retained_arr
    or coalesce(recomputed.gross_arr, 0) <> published.gross_retained_arr
    or coalesce(recomputed.retained_customers, 0) <> published.retained_customers
    -- an empty base gives null on both sides
    or published.ndr is distinct from {{ ratio('recomputed.net_arr', 'recomputed.base_arr') }}
    or published.grr is distinct from {{ ratio('recomputed.gross_arr', 'recomputed.base_arr') }}
    or published.logo_retention
    is distinct from {{ ratio('recomputed.retained_customers', 'recomputed.base_customers') }}
    or (
        recomputed.below_zero_customers = 0
        and (published.gross_retained_arr = published.net_retained_arr)
        <> (recomputed.grown_customers = 0)
    )
    or (published.logo_retention = 1)
    <> (recomputed.retained_customers = recomputed.base_customers)
    or (published.grr = 0) <> (recomputed.retained_customers = 0)

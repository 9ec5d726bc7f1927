-- GRR is NDR exactly where no customer of the base grew (a month with one below zero is left out),
-- logo retention is 1 exactly where none is at zero, and GRR is 0 exactly where all are. Both
-- months are taken at the rates of the later one.
with rates as (

    select
        *,
        {{ month_index('date_month') }} as month_index
    from {{ ref('rpt_ndr_grr_monthly') }}
    where segment_type = 'all'

),

looks as (

    select
        month_index - window_months as month_index,
        month_index as rate_month_index
    from rates

    union distinct

    select
        month_index,
        month_index as rate_month_index
    from rates

),

balances as (
    {{ balances_seen_from('looks') }}
),

moved as (

    select
        base.rate_month_index as month_index,
        base.rate_month_index - base.month_index as window_months,
        count(*) as base_customers,
        sum(case when coalesce(now.arr, 0) > base.arr then 1 else 0 end) as grown_customers,
        sum(case when now.arr < 0 then 1 else 0 end) as below_zero_customers,
        sum(case when coalesce(now.arr, 0) <= 0 then 1 else 0 end) as lost_customers
    from balances as base
    left join balances as now
        on
            base.customer_id = now.customer_id
            and base.rate_month_index = now.rate_month_index
            and base.rate_month_index = now.month_index
    where
        base.arr > 0
        and base.month_index < base.rate_month_index
    group by base.rate_month_index, base.rate_month_index - base.month_index

)

select
    rates.date_month,
    rates.window_months,
    rates.ndr,
    rates.grr,
    rates.logo_retention,
    moved.base_customers,
    moved.grown_customers,
    moved.below_zero_customers,
    moved.lost_customers
from rates
left join moved
    on
        rates.month_index = moved.month_index
        and rates.window_months = moved.window_months
where
    (moved.month_index is null) <> (rates.base_customers = 0)
    or (
        moved.below_zero_customers = 0
        and (rates.gross_retained_arr = rates.net_retained_arr) <> (moved.grown_customers = 0)
    )
    or (rates.logo_retention = 1) <> (moved.lost_customers = 0)
    or (rates.grr = 0) <> (moved.lost_customers = moved.base_customers)

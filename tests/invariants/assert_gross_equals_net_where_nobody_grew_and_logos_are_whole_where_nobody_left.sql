-- GRR is NDR exactly where no customer of the base grew (a month with one below zero is left out),
-- logo retention is 1 exactly where none is at zero, and GRR is 0 exactly where all are.
with balances as (

    select
        customer_id,
        {{ month_index('date_month') }} as month_index,
        arr
    from {{ ref('fct_customer_arr_monthly') }}

),

rates as (

    select
        *,
        {{ month_index('date_month') }} as month_index
    from {{ ref('rpt_ndr_grr_monthly') }}
    where segment_type = 'all'

),

moved as (

    select
        now.month_index,
        rates.window_months,
        count(*) as base_customers,
        sum(case when now.arr > base.arr then 1 else 0 end) as grown_customers,
        sum(case when now.arr < 0 then 1 else 0 end) as below_zero_customers,
        sum(case when now.arr <= 0 then 1 else 0 end) as lost_customers
    from rates
    inner join balances as now
        on rates.month_index = now.month_index
    inner join balances as base
        on
            now.customer_id = base.customer_id
            and now.month_index = base.month_index + rates.window_months
    where base.arr > 0
    group by now.month_index, rates.window_months

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

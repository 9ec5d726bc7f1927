-- 0 <= gross <= base and gross <= net, strict <= plain, the lowest point <= gross, logos between
-- none and all; a rate is null exactly where the base is empty. Where a customer of the base is
-- below zero net may be below gross and is left out.
with rates as (

    select * from {{ ref('rpt_ndr_grr_monthly') }}

),

below_zero as (

    select distinct date_month
    from {{ ref('fct_customer_arr_monthly') }}
    where arr < 0

),

months as (

    select * from {{ ref('int_ledger_months') }}

)

select
    months.date_month,
    rates.window_months,
    rates.segment_type,
    rates.segment_value,
    rates.base_arr,
    rates.base_customers,
    rates.net_retained_arr,
    rates.gross_retained_arr,
    rates.retained_customers,
    rates.ndr,
    rates.grr,
    rates.ndr_strict,
    rates.grr_strict,
    rates.grr_running_min
from months
left join rates
    on months.date_month = rates.date_month
left join below_zero
    on months.date_month = below_zero.date_month
where
    -- every month of the ledger has its row
    rates.date_month is null
    or rates.base_arr < 0
    or (rates.base_arr = 0) <> (rates.base_customers = 0)
    or rates.gross_retained_arr < 0
    or rates.gross_retained_arr > rates.base_arr
    or (rates.gross_retained_arr > rates.net_retained_arr and below_zero.date_month is null)
    or rates.retained_customers < 0
    or rates.retained_customers > rates.base_customers
    or (rates.gross_retained_arr = 0) <> (rates.retained_customers = 0)
    or (rates.ndr_strict > rates.ndr and below_zero.date_month is null)
    or rates.grr_strict > rates.grr
    or rates.grr_running_min > rates.grr_strict
    or (rates.ndr is null) <> (rates.base_customers = 0)
    or (rates.grr is null) <> (rates.base_customers = 0)
    or (rates.logo_retention is null) <> (rates.base_customers = 0)

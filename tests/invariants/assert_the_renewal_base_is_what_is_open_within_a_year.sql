-- Month by month, the renewal base is the ARR that renewal rates show as open, as far as terms end
-- within twelve months.
with base as (

    select
        date_month,
        sum(up_for_renewal_arr) as up_for_renewal_arr
    from {{ ref('fct_renewal_base') }}
    group by date_month

),

rates as (

    select
        date_month,
        open_arr
    from {{ ref('rpt_renewal_rates_monthly') }}
    where
        segment_type = 'all'
        and open_arr > 0
        and {{ month_index('date_month') }} < {{ month_index(add_months(as_of_date(), 12)) }}

)

select
    rates.date_month,
    rates.open_arr,
    base.up_for_renewal_arr
from rates
left join base
    on rates.date_month = base.date_month
where rates.open_arr is distinct from base.up_for_renewal_arr

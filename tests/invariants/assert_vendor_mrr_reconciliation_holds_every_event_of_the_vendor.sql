-- The vendor's side of the reconciliation is, currency by currency and month by month, the
-- running sum of all the events that Stripe landed.
{{ config(enabled='stripe' in billing_systems()) }}

with events as (

    select
        currency,
        {{ month_index(reporting_date('changed_at')) }} as month_index,
        mrr_change_minor
    from {{ ref('stg_stripe__subscription_item_change_events') }}

),

currencies as (

    select distinct currency
    from events

),

-- a month before the ledger's first may hold events as well
months as (

    select
        currencies.currency,
        calendar_months.month_index,
        coalesce(exponents.minor_unit_exponent, 2) as minor_unit_exponent
    from {{ ref('int_calendar_months') }} as calendar_months
    cross join currencies
    left join {{ ref('stripe_currency_exponents') }} as exponents
        on currencies.currency = exponents.currency
    where
        calendar_months.is_published
        and calendar_months.month_index >= {{ history_start_month_index() }}

),

landed as (

    select
        months.currency,
        months.month_index,
        sum(
            events.mrr_change_minor
            * case months.minor_unit_exponent when 0 then 1000 when 3 then 1 else 10 end
        ) as mrr_in_thousandths
    from months
    inner join events
        on
            months.currency = events.currency
            and months.month_index >= events.month_index
    group by months.currency, months.month_index

),

reconciled as (

    select
        currency,
        {{ month_index('date_month') }} as month_index,
        sum(vendor_mrr_in_currency) * 1000 as mrr_in_thousandths
    from {{ ref('rpt_vendor_mrr_reconciliation') }}
    where source_system = 'stripe'
    group by currency, {{ month_index('date_month') }}

)

select
    coalesce(landed.currency, reconciled.currency) as currency,
    coalesce(landed.month_index, reconciled.month_index) as month_index,
    landed.mrr_in_thousandths,
    reconciled.mrr_in_thousandths as reconciled_mrr_in_thousandths
from landed
full join reconciled
    on
        landed.currency = reconciled.currency
        and landed.month_index = reconciled.month_index
where coalesce(landed.mrr_in_thousandths, 0) <> coalesce(reconciled.mrr_in_thousandths, 0)

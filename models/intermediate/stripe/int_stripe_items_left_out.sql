-- Grain: one row per subscription item of Stripe that the later invoices of its subscription leave
-- out.
with charges as (

    select * from {{ ref('int_stripe_invoice_charges') }}

),

last_invoiced as (

    select
        subscription_item_id,
        min(subscription_id) as subscription_id,
        max(period_started_at) as last_stated_at,
        max(case when not is_credit then period_started_at end) as last_charged_at,
        max(case when not is_proration then period_ended_at end) as invoiced_until_at,
        max(synced_at) as synced_at
    from charges
    group by subscription_item_id

),

last_periods as (

    select
        subscription_id,
        max(start_date) as last_period_start_date
    from charges
    where not is_proration and amount_minor > 0
    group by subscription_id

),

-- what is billed afterwards stands for an earlier period on the same invoice
listed_last as (

    select distinct charges.subscription_item_id
    from charges
    inner join charges as latest
        on charges.invoice_id = latest.invoice_id
    inner join last_periods
        on
            latest.subscription_id = last_periods.subscription_id
            and latest.start_date = last_periods.last_period_start_date
    where not charges.is_proration and not latest.is_proration

),

-- a row that stayed behind: its subscription is invoiced for later periods, and without the item
final as (

    select
        last_invoiced.subscription_item_id,
        last_invoiced.subscription_id,
        last_invoiced.invoiced_until_at,
        last_invoiced.synced_at
    from last_invoiced
    inner join last_periods
        on last_invoiced.subscription_id = last_periods.subscription_id
    left join listed_last
        on last_invoiced.subscription_item_id = listed_last.subscription_item_id
    where
        listed_last.subscription_item_id is null
        and last_periods.last_period_start_date
        >= {{ reporting_date('last_invoiced.invoiced_until_at') }}
        and last_invoiced.last_stated_at < last_invoiced.invoiced_until_at
        and last_invoiced.last_charged_at >= last_invoiced.last_stated_at

)

select * from final

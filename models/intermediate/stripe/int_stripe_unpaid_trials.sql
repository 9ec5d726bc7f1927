-- Grain: one row per subscription of Stripe and unbroken span of trial that carries no ARR.
-- long because a trial is free time of a payer in two ways, and trials may overlap
with versions as (

    select * from {{ ref('stg_stripe__subscription_versions') }}

),

subscriptions as (

    select * from {{ ref('int_stripe_subscriptions_current') }}

),

charges as (

    select * from {{ ref('int_stripe_invoice_charges') }}
    where not is_credit

),

prices as (

    select * from {{ ref('int_stripe_prices_unioned') }}

),

-- a trial that was ended early, or extended, ends as its newest version says
ranked_trials as (

    select
        subscription_id,
        {{ reporting_date('coalesce(trial_started_at, started_at, created_at)') }} as start_date,
        {{ reporting_date('trial_ends_at') }} as end_date,
        row_number() over (
            partition by
                subscription_id,
                {{ reporting_date('coalesce(trial_started_at, started_at, created_at)') }}
            order by
                case when is_active_version then 0 else 1 end,
                version_started_at desc nulls last,
                synced_at desc nulls last
        ) as newest_first
    from versions
    where trial_ends_at is not null

),

payments as (

    select
        charges.subscription_id,
        subscriptions.customer_id,
        subscriptions.end_date as subscription_end_date,
        charges.start_date,
        charges.end_date,
        prices.charge_type
    from charges
    inner join subscriptions
        on charges.subscription_id = subscriptions.subscription_id
    left join prices
        on charges.price_id = prices.price_id
    where
        charges.amount_minor > 0
        and charges.is_charged

),

-- an invoice of nothing for what has a price is a trial, until something is charged for
invoiced_trials as (

    select
        charges.subscription_id,
        charges.start_date,
        least(charges.end_date, coalesce(min(payments.start_date), charges.end_date)) as end_date
    from charges
    inner join prices
        on charges.price_id = prices.price_id
    left join payments
        on
            charges.subscription_id = payments.subscription_id
            and charges.start_date <= payments.start_date
            and payments.charge_type = 'recurring'
    where
        charges.amount_minor = 0
        and charges.quantity > 0
        and not charges.is_proration
        and prices.charge_type = 'recurring'
        and prices.unit_amount_minor > 0
    group by charges.subscription_id, charges.start_date, charges.end_date

),

trials as (

    select
        subscription_id,
        start_date,
        end_date
    from ranked_trials
    where newest_first = 1 and start_date < end_date

    union distinct

    select
        subscription_id,
        start_date,
        end_date
    from invoiced_trials
    where start_date < end_date

),

-- without invoices a subscription was paid for if it ran before, outside its other trials
invoiced_subscriptions as (

    select distinct subscription_id
    from charges

),

-- a trial that lasted to the end of its subscription was never paid for
uninvoiced_subscriptions as (

    select
        subscriptions.subscription_id,
        subscriptions.customer_id,
        subscriptions.service_start_date,
        subscriptions.end_date
    from subscriptions
    left join invoiced_subscriptions
        on subscriptions.subscription_id = invoiced_subscriptions.subscription_id
    left join trials
        on
            subscriptions.subscription_id = trials.subscription_id
            and subscriptions.end_date <= trials.end_date
    where
        invoiced_subscriptions.subscription_id is null
        and trials.subscription_id is null
        and subscriptions.unusable_reason is null

),

ran_before as (

    select
        trials.subscription_id,
        trials.start_date
    from trials
    inner join uninvoiced_subscriptions as subscriptions
        on trials.subscription_id = subscriptions.subscription_id
    left join trials as earlier
        on
            trials.subscription_id = earlier.subscription_id
            and trials.start_date > earlier.start_date
    group by trials.subscription_id, trials.start_date
    having
        max(
            greatest(
                subscriptions.service_start_date,
                coalesce(earlier.end_date, subscriptions.service_start_date)
            )
        ) < trials.start_date

),

-- what was paid for before: the subscription itself, or the one that it took the place of
paid_before as (

    select
        trials.subscription_id,
        trials.start_date,
        max(payments.end_date) as paid_until_date,
        trials.start_date as free_from_date
    from trials
    inner join payments
        on
            trials.subscription_id = payments.subscription_id
            and trials.start_date > payments.start_date
    group by trials.subscription_id, trials.start_date

    union all

    select
        subscription_id,
        start_date,
        start_date as paid_until_date,
        start_date as free_from_date
    from ran_before

    union all

    select
        trials.subscription_id,
        trials.start_date,
        max(payments.end_date) as paid_until_date,
        greatest(max(payments.subscription_end_date), trials.start_date) as free_from_date
    from trials
    inner join subscriptions
        on trials.subscription_id = subscriptions.subscription_id
    inner join payments
        on
            subscriptions.customer_id = payments.customer_id
            and trials.subscription_id <> payments.subscription_id
            and trials.start_date >= payments.start_date
            and trials.start_date < payments.end_date
            and trials.end_date >= payments.subscription_end_date
    group by trials.subscription_id, trials.start_date

    union all

    select
        trials.subscription_id,
        trials.start_date,
        trials.end_date as paid_until_date,
        greatest(max(replaced.end_date), trials.start_date) as free_from_date
    from trials
    inner join subscriptions
        on trials.subscription_id = subscriptions.subscription_id
    inner join uninvoiced_subscriptions as replaced
        on
            subscriptions.customer_id = replaced.customer_id
            and trials.subscription_id <> replaced.subscription_id
            and trials.start_date > replaced.service_start_date
            and trials.start_date <= {{ add_days('replaced.end_date', 1) }}
            and trials.end_date >= replaced.end_date
    group by trials.subscription_id, trials.start_date, trials.end_date

),

payers as (

    select
        subscription_id,
        start_date,
        max(paid_until_date) as paid_until_date,
        min(free_from_date) as free_from_date
    from paid_before
    group by subscription_id, start_date

),

-- before the first payment, and before the place was taken; after what was paid for by choice
unpaid as (

    select
        trials.subscription_id,
        trials.start_date,
        least(trials.end_date, coalesce(payers.free_from_date, trials.end_date)) as end_date
    from trials
    left join payers
        on
            trials.subscription_id = payers.subscription_id
            and trials.start_date = payers.start_date
    {%- if not stripe_free_time_of_payers_counts() %}

    union all

    select
        trials.subscription_id,
        greatest(trials.start_date, payers.paid_until_date) as start_date,
        trials.end_date
    from trials
    inner join payers
        on
            trials.subscription_id = payers.subscription_id
            and trials.start_date = payers.start_date
    {%- endif %}

),

compared as (

    select
        *,
        max(end_date) over (
            partition by subscription_id
            order by start_date, end_date
            rows between unbounded preceding and 1 preceding
        ) as latest_end_before
    from unpaid
    where start_date < end_date

),

numbered as (

    select
        *,
        sum(case when latest_end_before >= start_date then 0 else 1 end) over (
            partition by subscription_id
            order by start_date, end_date
            rows between unbounded preceding and current row
        ) as island_number
    from compared

),

final as (

    select
        subscription_id,
        min(start_date) as start_date,
        max(end_date) as end_date
    from numbered
    group by subscription_id, island_number

)

select * from final

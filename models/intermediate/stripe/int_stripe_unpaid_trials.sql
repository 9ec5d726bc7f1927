-- Grain: one row per subscription of Stripe and unbroken span of trial that carries no ARR.
-- long because a trial is free time of a payer in two ways, and trials may overlap
{{ config(enabled='stripe' in billing_systems()) }}
with trials as (

    select * from {{ ref('int_stripe_trials') }}

),

subscriptions as (

    select * from {{ ref('int_stripe_subscriptions') }}

),

charges as (

    select * from {{ ref('int_stripe_invoice_charges') }}

),

-- without invoices a subscription is taken to be paid for while it runs outside a first trial
running_time as (

    select
        subscriptions.subscription_id,
        coalesce(max(trials.end_date), subscriptions.service_start_date) as start_date,
        -- a day later it is still followed at once
        {{ add_days("coalesce(subscriptions.end_date, cast('9990-01-01' as date))", 2) }}
            as end_date,
        cast(null as date) as paid_until_date,
        subscriptions.end_date as last_date
    from subscriptions
    left join charges
        on subscriptions.subscription_id = charges.subscription_id
    left join trials
        on
            subscriptions.subscription_id = trials.subscription_id
            and trials.start_date <= {{ add_days('subscriptions.service_start_date', 1) }}
    where
        charges.subscription_id is null
        and subscriptions.unusable_reason is null
    group by
        subscriptions.subscription_id,
        subscriptions.service_start_date,
        subscriptions.end_date

),

payments as (

    select
        subscription_id,
        start_date,
        end_date,
        end_date as paid_until_date
    from charges
    where amount_minor > 0 and is_charged

    union all

    select
        subscription_id,
        start_date,
        end_date,
        paid_until_date
    from running_time
    where last_date is null or last_date > start_date

),

-- what was paid for: the subscription itself, in the trial or before it, or the one it replaced
paid_time as (

    select
        subscription_id,
        start_date,
        paid_until_date,
        paid_from_date as free_from_date
    from trials
    where paid_from_date is not null

    union all

    select
        trials.subscription_id,
        trials.start_date,
        max(coalesce(payments.paid_until_date, trials.start_date)) as paid_until_date,
        trials.start_date as free_from_date
    from trials
    inner join payments
        on
            trials.subscription_id = payments.subscription_id
            and trials.start_date > payments.start_date
    group by trials.subscription_id, trials.start_date

    union all

    select
        trials.subscription_id,
        trials.start_date,
        max(coalesce(payments.paid_until_date, trials.start_date)) as paid_until_date,
        greatest(max(replaced.end_date), trials.start_date) as free_from_date
    from trials
    inner join subscriptions
        on trials.subscription_id = subscriptions.subscription_id
    inner join subscriptions as replaced
        on
            subscriptions.payer_id = replaced.payer_id
            and subscriptions.subscription_id <> replaced.subscription_id
            and trials.end_date >= replaced.end_date
    inner join payments
        on
            replaced.subscription_id = payments.subscription_id
            and trials.start_date >= payments.start_date
            and trials.start_date < payments.end_date
    group by trials.subscription_id, trials.start_date

),

payers as (

    select
        subscription_id,
        start_date,
        max(paid_until_date) as paid_until_date,
        min(free_from_date) as free_from_date
    from paid_time
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
            order by start_date nulls last, end_date nulls last
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
            order by start_date nulls last, end_date nulls last
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

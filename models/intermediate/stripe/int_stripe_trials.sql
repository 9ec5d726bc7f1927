-- Grain: one row per subscription of Stripe and trial interval; intervals may overlap.
-- long because a trial is known by its row or by its invoices, and paid for here or elsewhere
{{ config(enabled='stripe' in billing_systems()) }}
{%- set is_elsewhere = 'custom_billing' in billing_systems() %}
{%- set line_end = or_open_date('lines.end_date') %}
with versions as (

    select * from {{ ref('stg_stripe__subscription_versions') }}

),

charges as (

    select * from {{ ref('int_stripe_invoice_charges') }}

),

prices as (

    select * from {{ ref('int_stripe_prices') }}

),

-- what was credited as a whole was not paid for
payments as (

    select charges.*
    from charges
    inner join prices
        on charges.price_id = prices.price_id
    left join charges as credits
        on
            charges.subscription_item_id = credits.subscription_item_id
            and charges.start_date >= credits.start_date
            and charges.end_date <= credits.end_date
            and charges.amount_minor <= -credits.amount_minor
            and credits.is_credit
    where
        charges.amount_minor > 0
        and charges.is_charged
        and prices.charge_type = 'recurring'
        and credits.subscription_item_id is null

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
                is_active_version desc nulls last,
                version_started_at desc nulls last,
                synced_at desc nulls last
        ) as newest_first
    from versions
    where trial_ends_at is not null

),

-- older trials are known by invoices of nothing for what has a price, until something is charged
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
    where
        charges.amount_minor = 0
        and charges.quantity > 0
        and not charges.is_proration
        and prices.charge_type = 'recurring'
        and prices.unit_amount_minor > 0
    group by charges.subscription_id, charges.start_date, charges.end_date

),

intervals as (

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

{%- if is_elsewhere %}

identities as (

    select * from {{ ref('int_customer_identities') }}
    where is_current

),

-- what a customer paid for in the open format, until it was cut over at the latest
paid_elsewhere as (

    select
        identities.customer_id,
        min(lines.start_date) as start_date,
        max(least({{ line_end }}, {{ or_open_date('cut_overs.cut_over_date') }})) as end_date,
        max({{ line_end }}) as paid_until_date
    from {{ ref('int_custom_billing_subscription_lines') }} as lines
    inner join identities
        on
            identities.source_system = 'custom_billing'
            and lines.source_customer_id = identities.source_customer_id
    left join {{ ref('stg_reference__billing_cut_overs') }} as cut_overs
        on
            cut_overs.old_source_system = 'custom_billing'
            and lines.source_customer_id = cut_overs.old_source_customer_id
    where
        lines.unusable_reason is null and lines.charge_type = 'recurring' and lines.term_amount > 0
    group by identities.customer_id, lines.product_id

),

-- a trial in the place of what was paid for there is paid for from its end on, or a day later
taken_over as (

    select
        intervals.subscription_id,
        greatest(max(paid_elsewhere.end_date), intervals.start_date) as start_date,
        max(paid_elsewhere.paid_until_date) as end_date
    from intervals
    inner join versions
        on intervals.subscription_id = versions.subscription_id
    inner join identities
        on
            identities.source_system = 'stripe'
            and versions.customer_id = identities.source_customer_id
    inner join paid_elsewhere
        on
            identities.customer_id = paid_elsewhere.customer_id
            and intervals.start_date >= paid_elsewhere.start_date
            and intervals.start_date < {{ add_days('paid_elsewhere.end_date', 2) }}
            and intervals.end_date >= paid_elsewhere.end_date
    group by intervals.subscription_id, intervals.start_date

),
{%- endif %}

paid_time as (
    {%- for table in ['payments', 'taken_over'] if table == 'payments' or is_elsewhere %}

    select
        subscription_id,
        start_date,
        end_date
    from {{ table }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}

),

final as (

    select
        intervals.subscription_id,
        intervals.start_date,
        intervals.end_date,
        min(paid_time.start_date) as paid_from_date,
        max(paid_time.end_date) as paid_until_date
    from intervals
    left join paid_time
        on
            intervals.subscription_id = paid_time.subscription_id
            and intervals.start_date <= paid_time.start_date
            and intervals.end_date > paid_time.start_date
    group by intervals.subscription_id, intervals.start_date, intervals.end_date

)

select * from final

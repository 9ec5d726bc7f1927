-- Grain: one row per subscription item, customer, currency and month in which the MRR of Stripe
-- moves.
with events as (

    select * from {{ ref('stg_stripe__subscription_item_change_events') }}

),

currency_exponents as (

    select * from {{ ref('stripe_currency_exponents') }}

),

dated_events as (

    select
        coalesce(events.customer_id, 'unknown') as customer_id,
        coalesce(events.subscription_id, 'unknown') as subscription_id,
        coalesce(
            events.subscription_item_id, events.subscription_id, 'unknown'
        ) as subscription_item_id,
        events.currency,
        {{ reporting_date('events.changed_at') }} as changed_date,
        events.mrr_change_minor
        * {{ minor_unit('currency_exponents.minor_unit_exponent') }} as mrr_change_in_currency
    from events
    left join currency_exponents
        on events.currency = currency_exponents.currency

),

final as (

    select
        customer_id,
        subscription_id,
        subscription_item_id,
        currency,
        {{ month_index('changed_date') }} as month_index,
        cast(sum(mrr_change_in_currency) as {{ type_amount() }}) as mrr_change_in_currency
    from dated_events
    group by
        customer_id,
        subscription_id,
        subscription_item_id,
        currency,
        {{ month_index('changed_date') }}

)

select * from final

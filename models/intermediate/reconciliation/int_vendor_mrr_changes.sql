-- Grain: one row per item of a billing system that states MRR of its own, customer, currency and
-- month in which that MRR moves; no row without such a system.
{{ config(enabled=is_on('reconciliation', ['invoices'])) }}
with no_changes as (

    select
        cast(null as {{ dbt.type_string() }}) as source_system,
        cast(null as {{ dbt.type_string() }}) as source_customer_id,
        cast(null as {{ dbt.type_string() }}) as subscription_id,
        cast(null as {{ dbt.type_string() }}) as subscription_item_id,
        cast(null as {{ dbt.type_string() }}) as currency,
        cast(null as integer) as month_index,
        cast(null as {{ type_amount() }}) as mrr_change_in_currency

),
{%- if 'stripe' in reconciled_systems() %}

stripe_events as (

    select * from {{ ref('stg_stripe__subscription_item_change_events') }}

),

currency_exponents as (

    select * from {{ ref('stripe_currency_exponents') }}

),

dated_stripe_events as (

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
    from stripe_events as events
    left join currency_exponents
        on events.currency = currency_exponents.currency

),
{%- endif %}

final as (

    select * from no_changes
    where source_system is not null
    {%- if 'stripe' in reconciled_systems() %}

    union all

    select
        'stripe' as source_system,
        customer_id as source_customer_id,
        subscription_id,
        subscription_item_id,
        currency,
        {{ month_index('changed_date') }} as month_index,
        cast(sum(mrr_change_in_currency) as {{ type_amount() }}) as mrr_change_in_currency
    from dated_stripe_events
    group by
        customer_id,
        subscription_id,
        subscription_item_id,
        currency,
        {{ month_index('changed_date') }}
    {%- endif %}

)

select * from final

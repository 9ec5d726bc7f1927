-- Grain: one row per event that moves the MRR of Stripe.
{{ config(enabled='stripe' in billing_systems() and is_on('reconciliation')) }}
with source as (

    {{ extract_once('stripe', 'subscription_item_change_events', key='every_column') }}

),

final as (

    select
        -- ids
        cast(subscription_item_id as {{ dbt.type_string() }}) as subscription_item_id,
        cast(subscription_id as {{ dbt.type_string() }}) as subscription_id,
        cast(customer_id as {{ dbt.type_string() }}) as customer_id,

        -- attributes
        lower(cast(event_type as {{ dbt.type_string() }})) as event_type,
        upper(cast(currency as {{ dbt.type_string() }})) as currency,

        -- measures
        cast(mrr_change as bigint) as mrr_change_minor,

        -- instants, UTC
        cast(event_timestamp as {{ dbt.type_timestamp() }}) as changed_at

    from source

)

select * from final

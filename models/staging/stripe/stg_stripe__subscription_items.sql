-- Grain: one row per item that a subscription of Stripe has now.
{{ config(enabled='stripe' in billing_systems()) }}
with source as (

    {{ extract_once('stripe', 'subscription_item', key=['id'], tells_contradiction=true) }}

),

final as (

    select
        -- ids
        cast(id as {{ dbt.type_string() }}) as subscription_item_id,
        cast(subscription_id as {{ dbt.type_string() }}) as subscription_id,
        coalesce(
            cast(price_id as {{ dbt.type_string() }}), cast(plan_id as {{ dbt.type_string() }})
        ) as price_id,

        -- attributes
        is_contradicted,
        coalesce(cast(is_deleted as boolean), false) as is_deleted,

        -- measures
        cast(quantity as bigint) as quantity,

        -- instants, UTC
        cast(created as {{ dbt.type_timestamp() }}) as created_at,
        {{ open_instant('current_period_end') }} as current_period_ends_at,
        cast(_fivetran_synced as {{ dbt.type_timestamp() }}) as synced_at

    from source
    where coalesce(cast(_fivetran_active as boolean), true)

)

select * from final

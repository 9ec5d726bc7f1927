-- Grain: one row per discount of a subscription of Stripe or of one of its items.
{{ config(enabled='stripe' in billing_systems()) }}
with source as (

    {{ extract_once(
        'stripe', 'subscription_discount', key=['id', 'subscription_id', 'subscription_item_id']
    ) }}

),

final as (

    select
        -- ids
        cast(id as {{ dbt.type_string() }}) as discount_id,
        cast(coupon_id as {{ dbt.type_string() }}) as coupon_id,
        cast(subscription_id as {{ dbt.type_string() }}) as subscription_id,
        cast(subscription_item_id as {{ dbt.type_string() }}) as subscription_item_id,

        -- instants, UTC
        cast(start_at as {{ dbt.type_timestamp() }}) as starts_at,
        {{ open_instant('end_at') }} as ends_at

    from source
    where coalesce(cast(_fivetran_active as boolean), true)

)

select * from final

-- Grain: one row per discount of Stripe, whatever it is on.
{{ config(enabled='stripe' in billing_systems()) }}
with source as (

    {{ extract_once(
        'stripe', 'discount',
        key=['id', 'customer_id', 'subscription_id', 'invoice_id', 'invoice_item_id']
    ) }}

),

final as (

    select
        -- ids
        cast(id as {{ dbt.type_string() }}) as discount_id,
        cast(coupon_id as {{ dbt.type_string() }}) as coupon_id,
        cast(customer_id as {{ dbt.type_string() }}) as customer_id,
        cast(subscription_id as {{ dbt.type_string() }}) as subscription_id,
        cast(invoice_id as {{ dbt.type_string() }}) as invoice_id,

        -- attributes
        nullif(cast(invoice_id as {{ dbt.type_string() }}), '') is not null
        or cast(invoice_item_id as {{ dbt.type_string() }}) is not null as is_on_one_invoice,

        -- instants, UTC
        cast(start_at as {{ dbt.type_timestamp() }}) as starts_at,
        {{ open_instant('end_at') }} as ends_at

    from source
    where coalesce(cast(_fivetran_active as boolean), true)

)

select * from final

-- Grain: one row per invoice of Stripe.
{{ config(enabled='stripe' in billing_systems()) }}
with source as (

    {{ extract_once('stripe', 'invoice', key=['id'], tells_contradiction=true) }}

),

final as (

    select
        -- ids
        cast(id as {{ dbt.type_string() }}) as invoice_id,
        cast(customer_id as {{ dbt.type_string() }}) as customer_id,
        cast(subscription_id as {{ dbt.type_string() }}) as subscription_id,

        -- attributes
        is_contradicted,
        cast(status as {{ dbt.type_string() }}) as status,
        upper(cast(currency as {{ dbt.type_string() }})) as currency,
        coalesce(cast(is_deleted as boolean), false)
        or not coalesce(cast(_fivetran_active as boolean), true) as is_deleted,
        coalesce(cast(livemode as boolean), true) as is_live_mode,

        -- measures
        cast(subtotal as bigint) as subtotal_minor,
        cast(subtotal_excluding_tax as bigint) as subtotal_excluding_tax_minor,
        -- API versions since 2025-03-31 have no tax of the invoice, only totals without it
        coalesce(
            cast(tax as bigint), cast(total as bigint) - cast(total_excluding_tax as bigint)
        ) as tax_minor,
        cast(total as bigint) as total_minor,
        cast(total_excluding_tax as bigint) as total_excluding_tax_minor,

        -- instants, UTC
        cast(created as {{ dbt.type_timestamp() }}) as created_at

    from source

)

select * from final

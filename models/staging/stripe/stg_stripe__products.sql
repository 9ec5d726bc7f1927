-- Grain: one row per product of Stripe.
{{ config(enabled='stripe' in billing_systems()) }}
with source as (

    {{ extract_once('stripe', 'product', key=['id']) }}

),

final as (

    select
        cast(id as {{ dbt.type_string() }}) as product_id,
        cast(name as {{ dbt.type_string() }}) as product_name,
        {{ metadata_text('stripe_product_family_metadata_key') }} as product_family

    from source

)

select * from final

-- Grain: one row per product of Stripe.
with source as (

    select
        {{ extract_columns('stripe', 'product') }}
    from {{ extract('stripe', 'product') }}

),

versions as (

    select
        *,
        {{ newest_version_first() }} as newest_first
    from source

),

final as (

    select
        cast(id as {{ dbt.type_string() }}) as product_id,
        cast(name as {{ dbt.type_string() }}) as product_name,
        {{ metadata_text('stripe_product_family_metadata_key') }} as product_family

    from versions
    where newest_first = 1

)

select * from final

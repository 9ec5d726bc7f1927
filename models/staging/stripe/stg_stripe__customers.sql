-- Grain: one row per customer of Stripe.
with source as (

    select
        {{ extract_columns('stripe', 'customer') }}
    from {{ extract('stripe', 'customer') }}

),

versions as (

    select
        *,
        {{ newest_version_first() }} as newest_first
    from source

),

final as (

    select
        -- ids
        cast(id as {{ dbt.type_string() }}) as customer_id,
        {{ metadata_text('stripe_crm_account_metadata_key') }} as crm_account_id,

        -- attributes
        cast(name as {{ dbt.type_string() }}) as customer_name,
        coalesce(cast(is_deleted as boolean), false) as is_deleted,

        -- instants, UTC
        cast(created as {{ dbt.type_timestamp() }}) as created_at

    from versions
    where newest_first = 1

)

select * from final

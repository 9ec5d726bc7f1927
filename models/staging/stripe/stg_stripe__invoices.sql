-- Grain: one row per invoice of Stripe.
with source as (

    select
        {{ extract_columns('stripe', 'invoice') }}
    from {{ extract('stripe', 'invoice') }}

),

final as (

    select
        cast(id as {{ dbt.type_string() }}) as invoice_id,
        cast(status as {{ dbt.type_string() }}) as status,
        coalesce(cast(is_deleted as boolean), false) as is_deleted

    from source

)

select * from final

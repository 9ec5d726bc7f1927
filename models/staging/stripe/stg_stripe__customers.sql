-- Grain: one row per customer of Stripe.
{{ config(enabled='stripe' in billing_systems()) }}
with source as (

    {{ extract_once('stripe', 'customer', key=['id']) }}

),

final as (

    select
        -- ids
        cast(id as {{ dbt.type_string() }}) as customer_id,
        {{ metadata_text('stripe_crm_account_metadata_key') }} as crm_account_id,

        -- attributes
        cast(name as {{ dbt.type_string() }}) as customer_name,
        {%- for column in segment_columns() %}
        {{ metadata_text_of(stripe_segment_metadata_key(column)) }} as {{ column }},
        {%- endfor %}
        coalesce(cast(is_deleted as boolean), false)
        or not coalesce(cast(_fivetran_active as boolean), true) as is_deleted,

        -- instants, UTC
        cast(created as {{ dbt.type_timestamp() }}) as created_at

    from source

)

select * from final

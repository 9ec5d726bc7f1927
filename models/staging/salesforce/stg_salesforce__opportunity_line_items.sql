-- Grain: one row per product line of an opportunity of Salesforce, deleted ones included.
{{ config(enabled='salesforce' in crm_systems()) }}
with source as (

    {{ extract_once('salesforce', 'opportunity_line_item') }}

),

final as (

    select
        -- ids
        cast(id as {{ dbt.type_string() }}) as opportunity_line_item_id,
        {{ lookup_id('opportunity_id') }} as opportunity_id,
        {{ lookup_id('product_2_id') }} as crm_product_id,

        -- measures
        cast(quantity as {{ type_quantity() }}) as quantity,
        cast(unit_price as {{ type_amount() }}) as unit_price_in_currency,
        cast(list_price as {{ type_amount() }}) as list_price_in_currency,
        cast(discount as numeric(9, 4)) as discount_percent,
        cast(total_price as {{ type_money() }}) as total_price_in_currency,

        -- dates; the first day of service is a calendar day at midnight, not an instant
        cast(service_date as date) as service_date,

        -- flags
        coalesce(cast(is_deleted as boolean), false) as is_deleted,
        coalesce(cast(_fivetran_active as boolean), true) as is_active_version,

        -- instants, UTC
        cast(_fivetran_start as {{ dbt.type_timestamp() }}) as version_started_at

    from source

)

select * from final

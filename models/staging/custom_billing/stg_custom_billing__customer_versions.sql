-- Grain: one row per customer of the custom billing system and day on which it changed.
with source as (

    {{ extract_once('custom_billing', 'customer_versions') }}

),

final as (

    select
        -- ids
        cast(customer_id as {{ dbt.type_string() }}) as customer_id,
        cast(parent_customer_id as {{ dbt.type_string() }}) as parent_customer_id,

        -- attributes
        cast(segment as {{ dbt.type_string() }}) as segment,
        cast(industry as {{ dbt.type_string() }}) as industry,
        cast(region as {{ dbt.type_string() }}) as region,

        -- dates
        cast(valid_from as date) as valid_from_date

    from source

)

select * from final

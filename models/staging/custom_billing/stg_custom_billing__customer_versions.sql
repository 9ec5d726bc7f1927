-- Grain: one row per customer of the custom billing system and day on which it changed.
{{ config(enabled='custom_billing' in billing_systems()) }}
with source as (

    {{ extract_once('custom_billing', 'customer_versions') }}

),

final as (

    select
        -- ids
        cast(customer_id as {{ dbt.type_string() }}) as customer_id,
        cast(parent_customer_id as {{ dbt.type_string() }}) as parent_customer_id,

        -- attributes, as segment_columns names them
        {%- for column in segment_columns() %}
        trim(cast({{ column }} as {{ dbt.type_string() }})) as {{ column }},
        {%- endfor %}

        -- dates
        cast(valid_from as date) as valid_from_date

    from source

)

select * from final

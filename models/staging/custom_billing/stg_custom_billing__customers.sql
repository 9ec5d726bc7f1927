-- Grain: one row per customer of the custom billing system.
{{ config(enabled='custom_billing' in billing_systems()) }}
with source as (

    {{ extract_once('custom_billing', 'customers', tells_contradiction=true) }}

),

final as (

    select
        -- ids
        cast(customer_id as {{ dbt.type_string() }}) as customer_id,
        cast(parent_customer_id as {{ dbt.type_string() }}) as parent_customer_id,
        cast(merged_into_customer_id as {{ dbt.type_string() }}) as merged_into_customer_id,
        cast(crm_account_id as {{ dbt.type_string() }}) as crm_account_id,
        cast(_load_id as {{ dbt.type_string() }}) as load_id,

        -- attributes
        is_contradicted,
        cast(customer_name as {{ dbt.type_string() }}) as customer_name,
        {%- for column in segment_columns() %}
        trim(cast({{ column }} as {{ dbt.type_string() }})) as {{ column }},
        {%- endfor %}

        -- dates
        cast(created_date as date) as created_date,
        cast(merged_date as date) as merged_date

    from source

)

select * from final

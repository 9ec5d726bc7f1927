-- Grain: one row per row of Salesforce whose last good version stands in for a faulty one.
{{ config(enabled='salesforce' in crm_systems()) }}
with source as (

    select
        {{ extract_columns('salesforce', 'landed_rows_kept', in_sample=false) }}
    from {{ extract('salesforce', 'landed_rows_kept', in_sample=false) }}

),

final as (

    select
        cast(table_name as {{ dbt.type_string() }}) as source_table,
        cast(row_key as {{ dbt.type_string() }}) as row_key,
        cast(row_id as {{ dbt.type_string() }}) as source_row_id,
        cast(customer_id as {{ dbt.type_string() }}) as source_customer_id

    from source

)

select * from final

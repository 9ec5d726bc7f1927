-- Grain: one row per row of the open billing format whose last good version stands in for a faulty
-- one.
{{ config(enabled='custom_billing' in billing_systems()) }}
with source as (

    select
        {{ extract_columns('custom_billing', 'landed_rows_kept', in_sample=false) }}
    from {{ extract('custom_billing', 'landed_rows_kept', in_sample=false) }}

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

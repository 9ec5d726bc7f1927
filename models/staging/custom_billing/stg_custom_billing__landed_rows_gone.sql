-- Grain: one row per row of the custom billing system that a landing no longer had.
{{ config(enabled='custom_billing' in billing_systems() and is_on('restatements')) }}
with source as (

    select
        {{ extract_columns('custom_billing', 'landed_rows_gone') }}
    from {{ extract('custom_billing', 'landed_rows_gone') }}

),

final as (

    select
        cast(table_name as {{ dbt.type_string() }}) as source_table,
        cast(row_key as {{ dbt.type_string() }}) as source_row_id,
        cast(landing_number as integer) as landing_number,
        cast(load_id as {{ dbt.type_string() }}) as load_id

    from source

)

select * from final

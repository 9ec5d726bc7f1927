-- Grain: one row per landed row whose last good version stands in for a faulty one.
{{ config(enabled=is_on('quality')) }}
with
{%- for system in billing_systems() + crm_systems() %}

{{ system }}_rows as (

    select
        {{ extract_columns(system, 'landed_rows_kept', in_sample=false) }}
    from {{ extract(system, 'landed_rows_kept', in_sample=false) }}

),
{%- endfor %}

final as (
    {%- for system in billing_systems() + crm_systems() %}

    select
        '{{ system }}' as source_system,
        cast(table_name as {{ dbt.type_string() }}) as source_table,
        cast(row_key as {{ dbt.type_string() }}) as row_key,
        cast(row_id as {{ dbt.type_string() }}) as source_row_id,
        cast(customer_id as {{ dbt.type_string() }}) as source_customer_id
    from {{ system }}_rows
    {% if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}

)

select * from final

{% macro generate_schema_name(custom_schema_name, node) -%}
    {#- Schemas by the names that arr_ledger gives them: staging, intermediate, marts. -#}
    {{ return(arr_ledger.generate_schema_name(custom_schema_name, node) | trim) }}
{%- endmacro %}

{% macro generate_schema_name(custom_schema_name, node) -%}
    {#- Own models and seeds stand in the schema they name, as those of arr_ledger do. -#}
    {{ return(arr_ledger.generate_schema_name(custom_schema_name, node) | trim) }}
{%- endmacro %}

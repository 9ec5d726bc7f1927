{% macro generate_schema_name(custom_schema_name, node) -%}
    {#- Layers are schemas by their own name (staging, intermediate, marts): readers rely on marts.<table>. -#}
    {{ target.schema if custom_schema_name is none else custom_schema_name | trim }}
{%- endmacro %}

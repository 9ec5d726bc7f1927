{% test no_nulls(model, columns, and_columns=none) %}
{#- Rows with a null in any of these columns, with the name of the first one that has it. One query per table: a
    test per column would cost a build several times as much as it finds. and_columns: as in unique_combination. -#}
{%- set columns = columns + arr_ledger.columns_named_by(and_columns) %}

with tested as (

    select * from {{ model }}

)

select
    case
        {%- for column in columns %}
        when {{ column }} is null then '{{ column }}'
        {%- endfor %}
    end as null_column,
    tested.*
from tested
where
    {% for column in columns -%}
    {{ column }} is null
    {%- if not loop.last %}
    or {% endif %}
    {%- endfor %}

{% endtest %}

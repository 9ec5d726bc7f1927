{% test no_nulls(model, columns) %}
{#- Rows with a null in any of these columns, with the name of the first one that has it. One query per table: a
    test per column would cost a build several times as much as it finds. -#}

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

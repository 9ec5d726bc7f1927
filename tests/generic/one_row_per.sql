{% test one_row_per(model, columns, filled, and_columns=none, and_filled=none) %}
{#- Rows that share the values of a key (columns; nulls count as a value) and rows with a null in any column that is
    always filled; the first such column is named. One query per table: two would cost a build twice as much.
    and_columns, and_filled: segment_columns or peer_columns, whose names a variable holds. -#}
{%- set columns = columns + arr_ledger.columns_named_by(and_columns) %}
{%- set filled = filled + arr_ledger.columns_named_by(and_filled) %}

select
    {{ columns | join(',\n    ') }},
    count(*) as row_count,
    cast(null as {{ dbt.type_string() }}) as null_column
from {{ model }}
group by {{ columns | join(', ') }}
having count(*) > 1

union all

select
    {{ columns | join(',\n    ') }},
    1 as row_count,
    case
        {%- for column in filled %}
        when {{ column }} is null then '{{ column }}'
        {%- endfor %}
    end as null_column
from {{ model }}
where
    {% for column in filled -%}
    {{ column }} is null
    {%- if not loop.last %}
    or {% endif %}
    {%- endfor %}

{% endtest %}

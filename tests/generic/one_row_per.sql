{% test one_row_per(model, columns, filled, and_columns=none, and_filled=none) %}
{#- Rows that share the values of a key (columns; nulls count as a value) and rows with a null in any column that is
    always filled; one such column is named. One query per table, which reads it once: two would cost a build twice as
    much. and_columns, and_filled: segment_columns or peer_columns, whose names a variable holds. -#}
{%- set columns = columns + arr_ledger.columns_named_by(and_columns) %}
{%- set filled = filled + arr_ledger.columns_named_by(and_filled) %}

with keys as (

    select
        {{ columns | join(',\n        ') }},
        count(*) as row_count,
        max(
            case
                {%- for column in filled %}
                when {{ column }} is null then {{ loop.index }}
                {%- endfor %}
                else 0
            end
        ) as null_position
    from {{ model }}
    group by {{ columns | join(', ') }}

)

select
    {{ columns | join(',\n    ') }},
    row_count,
    case null_position
        {%- for column in filled %}
        when {{ loop.index }} then '{{ column }}'
        {%- endfor %}
    end as null_column
from keys
where
    row_count > 1
    or null_position > 0

{% endtest %}

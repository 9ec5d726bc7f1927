{% test unique_combination(model, columns, and_columns=none) %}
{#- Rows that share the same values in all of these columns; nulls count as a value.
    and_columns: segment_columns or peer_columns, whose names a variable holds. -#}
{%- set columns = columns + arr_ledger.columns_named_by(and_columns) %}

select
    {{ columns | join(',\n    ') }},
    count(*) as row_count
from {{ model }}
group by {{ columns | join(', ') }}
having count(*) > 1

{% endtest %}

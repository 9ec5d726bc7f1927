{% test unique_combination(model, columns) %}
{#- Rows that share the same values in all of these columns; nulls count as a value. -#}

select
    {{ columns | join(',\n    ') }},
    count(*) as row_count
from {{ model }}
group by {{ columns | join(', ') }}
having count(*) > 1

{% endtest %}

{% test not_empty(model) %}
{#- One row where the model has none: a test over no rows proves nothing. -#}

with counted as (

    select count(*) as row_count
    from {{ model }}

)

select row_count
from counted
where row_count = 0

{% endtest %}

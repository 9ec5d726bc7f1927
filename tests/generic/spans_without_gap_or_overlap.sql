{% test spans_without_gap_or_overlap(
    model, key_columns, from_column, until_column, is_open_ended=true, has_gaps=false
) %}
{#- Half-open spans of one key follow each other without a gap or an overlap, none is empty or
    turned round, only the last may be open and, by default, the last is open. has_gaps: what is
    left out between two spans is no fault. -#}

with spans as (

    select
        {{ key_columns | join(',\n        ') }},
        {{ from_column }} as span_from,
        {{ until_column }} as span_until,
        lead({{ from_column }}) over (
            partition by {{ key_columns | join(', ') }} order by {{ from_column }}
        ) as next_from
    from {{ model }}

)

select *
from spans
where
    span_from is null
    or span_until <= span_from
    {%- if has_gaps %}
    or span_until > next_from
    {%- else %}
    or (next_from is not null and span_until is distinct from next_from)
    {%- endif %}
    {%- if is_open_ended %}
    or (next_from is null and span_until is not null)
    {%- endif %}

{% endtest %}

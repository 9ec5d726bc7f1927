-- Grain: one row per set of segment columns and owners and column of it, and one for all customers.
with sets as (

    select * from {{ ref('int_segment_sets') }}

),

final as (
    {%- for segment_type in ['all'] + segment_columns() + book_columns() %}

    select
        segment_set_key,
        '{{ segment_type }}' as segment_type,
        {{ "'all'" if segment_type == 'all' else segment_type }} as segment_value,
        {{ 'true' if segment_type in book_columns() else 'false' }} as is_book
    from sets
    {% if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}

)

select * from final

-- Grain: one row per distinct set of segment columns and owners that a customer was ever in, and
-- one in which nothing is known.
with traits as (

    select * from {{ ref('int_customer_trait_spans') }}

),

sets as (

    select distinct
        {%- for column in segment_columns() %}
        {{ column }},
        {%- endfor %}
        csm_owner_id,
        am_owner_id,
        coverage
    from traits

),

-- the set in which nothing is known has its key whether a customer is in it or not
known as (

    select
        *,
        csm_owner_id = 'unassigned'
        and am_owner_id = 'unassigned'
        {%- for column in segment_columns() %}
        and {{ column }} = 'unknown'
        {%- endfor %} as is_unknown
    from sets

),

numbered as (

    select
        {{ segments_of() | trim }}
        csm_owner_id,
        am_owner_id,
        coverage,
        row_number() over (
            order by
                {%- for column in segment_columns() %}
                {{ column }} nulls last,
                {%- endfor %}
                csm_owner_id nulls last,
                am_owner_id nulls last
        ) as set_number
    from known
    where not is_unknown

),

final as (

    select
        cast(set_number as integer) as segment_set_key,
        {{- segments_of() }}
        csm_owner_id,
        am_owner_id,
        coverage
    from numbered

    union all

    select
        {{ unknown_segment_set() }} as segment_set_key,
        {%- for column in segment_columns() %}
        'unknown' as {{ column }},
        {%- endfor %}
        'unassigned' as csm_owner_id,
        'unassigned' as am_owner_id,
        'neither' as coverage

)

select * from final

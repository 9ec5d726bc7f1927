-- Grain: one row per customer and stretch of months in one set of segment columns and owners.
with traits as (

    select * from {{ ref('int_customer_traits_spanned') }}

),

sets as (

    select * from {{ ref('int_segment_sets') }}

),

final as (

    select
        traits.customer_id,
        traits.from_month_index,
        traits.until_month_index,
        sets.segment_set_key
    from traits
    inner join sets
        on
            {%- for column in segment_columns() %}
            traits.{{ column }} = sets.{{ column }}
            and
            {%- endfor %}
            traits.csm_owner_id = sets.csm_owner_id
            and traits.am_owner_id = sets.am_owner_id

)

select * from final

-- Grain: one row per customer and span of months in one set of segment columns and owners.
with traits as (

    select * from {{ ref('int_customer_trait_spans') }}

),

sets as (

    select * from {{ ref('int_segment_sets') }}

),

accounts as (

    select * from {{ ref('int_account_keys') }}
    where is_customer

),

final as (

    select
        traits.customer_id,
        accounts.account_key as customer_key,
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
    inner join accounts
        on traits.customer_id = accounts.account_id

)

select * from final

-- Grain: one row per customer with ARR today and product family that it does not hold.
with estimates as (

    select * from {{ ref('int_whitespace_estimated') }}

),

final as (

    select
        cast(rank() over (order by expected_arr desc nulls last) as bigint) as expected_arr_rank,
        customer_id,
        product_family,
        {%- for column in peer_columns() %}
        {{ column }},
        {%- endfor %}
        customer_arr,
        peer_group,
        peer_customers,
        peer_holders,
        peer_attach_rate,
        all_attach_rate,
        likelihood,
        typical_arr,
        expected_arr
    from estimates

)

select * from final

-- Grain: one row per policy, sign, customer and month in which its ARR moves or did a year before:
-- what it holds, what it held twelve months ago, and the smaller of the two product by product.
with products as (

    select * from {{ ref('int_policy_products_compared') }}

),

customer_changes as (

    select
        policy,
        sign,
        customer_id,
        month_index,
        sum(arr_change) as arr_change,
        sum(base_arr_change) as base_arr_change,
        sum(smaller_arr_change) as smaller_arr_change
    from products
    group by policy, sign, customer_id, month_index

),

final as (

    select
        policy,
        sign,
        customer_id,
        {%- for measure in ['arr', 'base_arr', 'smaller_arr'] %}
        cast(sum({{ measure }}_change) over (
            partition by policy, sign, customer_id order by month_index
            rows between unbounded preceding and current row
        ) as {{ type_money() }}) as {{ measure }},
        {%- endfor %}
        month_index
    from customer_changes

)

select * from final

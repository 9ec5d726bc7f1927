-- Grain: one row per customer, product, month and driver: why the ARR of the customer moved.
with parts as (

    select * from {{ ref('int_arr_driver_parts') }}

),

named as (

    select
        customer_id,
        product_id,
        product_family,
        month_index,
        movement_type,
        whole_driver as driver,
        arr_change
    from parts
    where whole_driver is not null
    {%- for driver, change in {
        "'seats'": 'seats_change',
        "'contracted_step'": 'contracted_step_change',
        "'discount_change'": 'discount_change',
        'rest_driver': 'rest_change',
    }.items() %}

    union all

    select
        customer_id,
        product_id,
        product_family,
        month_index,
        movement_type,
        {{ driver }} as driver,
        {{ change }} as arr_change
    from parts
    where whole_driver is null
    {%- endfor %}
    {%- for driver in ['fx', 'transfer'] %}

    union all

    select
        customer_id,
        product_id,
        product_family,
        month_index,
        '{{ driver }}' as movement_type,
        '{{ driver }}' as driver,
        {{ driver }}_change as arr_change
    from parts
    {%- endfor %}

),

final as (

    select
        customer_id,
        product_id,
        product_family,
        month_index,
        movement_type,
        driver,
        arr_change
    from named
    where arr_change <> 0

)

select * from final

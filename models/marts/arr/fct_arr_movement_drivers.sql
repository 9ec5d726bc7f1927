-- Grain: one row per customer, product, month and driver.
with drivers as (

    select * from {{ ref('int_arr_drivers') }}

),

months as (

    select * from {{ ref('int_calendar_months') }}

),

final as (

    select
        drivers.customer_id,
        drivers.product_id,
        months.date_month,
        drivers.driver,
        drivers.arr_change,
        -- null where the parts of one customer and month sum to zero
        drivers.movement_type
    from drivers
    inner join months
        on drivers.month_index = months.month_index

)

select * from final

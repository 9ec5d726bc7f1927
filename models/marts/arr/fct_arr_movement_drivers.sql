-- Grain: one row per customer, product, month and driver.
with drivers as (

    select * from {{ ref('int_arr_drivers') }}

),

months as (

    select * from {{ ref('int_calendar_months') }}

),

sets as (

    select * from {{ ref('int_customer_segment_sets') }}

),

final as (

    select
        drivers.customer_id,
        drivers.product_id,
        months.date_month,
        drivers.driver,
        drivers.arr_change,
        -- null where the parts of one customer and month sum to zero
        drivers.movement_type,
        cast(
            coalesce(sets.segment_set_key, {{ unknown_segment_set() }}) as integer
        ) as segment_set_key
    from drivers
    inner join months
        on drivers.month_index = months.month_index
    {{ segment_set_at('drivers', 'sets', 'drivers.month_index') }}

)

select * from final

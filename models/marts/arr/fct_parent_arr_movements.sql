-- Grain: one row per ultimate parent, month and movement type: the ARR of all its customers
-- together.
with movements as (

    select * from {{ ref('int_arr_movements') }}
    where is_parent

),

months as (

    select * from {{ ref('int_calendar_months') }}

),

final as (

    select
        movements.account_id as parent_customer_id,
        months.date_month,
        movements.movement_type,
        movements.beginning_arr,
        movements.arr_change,
        movements.ending_arr
    from movements
    inner join months
        on movements.month_index = months.month_index

)

select * from final

-- Grain: one row per customer, month and movement type.
with movements as (

    select * from {{ ref('int_arr_movements') }}
    where is_customer

),

months as (

    select * from {{ ref('int_calendar_months') }}

),

final as (

    select
        movements.account_id as customer_id,
        months.date_month,
        movements.movement_type,
        movements.beginning_arr,
        movements.arr_change,
        movements.ending_arr,
        {{ mrr_of('movements.arr_change') }} as mrr_change
    from movements
    inner join months
        on movements.month_index = months.month_index

)

select * from final

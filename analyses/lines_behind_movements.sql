-- Grain: one row per subscription line that begins or ends to count in the newest published month,
-- beside the movement of its customer: the contracts behind the bridge.
with lines as (

    select * from {{ ref('int_arr_lines') }}

),

movements as (

    select * from {{ ref('int_arr_movements') }}
    where
        is_customer
        and month_index = {{ last_published_month_index() }}

),

final as (

    select
        movements.account_id as customer_id,
        movements.movement_type,
        movements.arr_change as customer_arr_change,
        lines.source_system,
        lines.subscription_id,
        lines.line_id,
        lines.product_id,
        case
            when lines.from_month_index = movements.month_index then lines.arr
            else -lines.arr
        end as line_arr_change
    from movements
    inner join lines
        on
            movements.account_id = lines.customer_id
            and (
                movements.month_index = lines.from_month_index
                or movements.month_index = lines.until_month_index
            )

)

select * from final
order by abs(customer_arr_change) desc, customer_id asc, line_id asc

-- Grain: one row per customer, product and month of int_arr_driver_changes, with what the customer,
-- the family and the product held before and after. Before means after a new rate and a transfer.
-- long because each balance is a window of its own.
with changes as (

    select * from {{ ref('int_arr_driver_changes') }}

),

balanced as (

    select
        *,
        sum(arr_change + fx_change + transfer_change) over (
            partition by customer_id order by month_index
            range between unbounded preceding and current row
        ) as customer_arr,
        sum(arr_change) over (
            partition by customer_id, month_index
        ) as customer_change,
        sum(arr_change + fx_change + transfer_change) over (
            partition by customer_id, product_family order by month_index
            range between unbounded preceding and current row
        ) as family_arr,
        sum(arr_change) over (
            partition by customer_id, product_family, month_index
        ) as family_change,
        sum(gross_change + carried_gross_change) over (
            partition by customer_id, product_id order by month_index
            rows between unbounded preceding and current row
        ) as gross_arr,
        sum(quantity_change + carried_quantity_change) over (
            partition by customer_id, product_id order by month_index
            rows between unbounded preceding and current row
        ) as quantity
    from changes

),

states as (

    select
        customer_id,
        product_id,
        product_family,
        month_index,
        arr_change,
        gross_change,
        discount_change,
        quantity_change,
        step_change,
        step_quantity_change,
        fx_change,
        transfer_change,
        started_tier,
        ended_tier,
        customer_arr - customer_change > 0 as customer_held_before,
        {{ is_active('customer_arr') }} as customer_holds_after,
        family_arr - family_change > 0 as family_held_before,
        family_arr > 0 as family_held_after,
        cast(gross_arr - gross_change as {{ type_money() }}) as gross_before,
        cast(gross_arr as {{ type_money() }}) as gross_after,
        cast(quantity - quantity_change as {{ type_quantity() }}) as quantity_before,
        cast(quantity as {{ type_quantity() }}) as quantity_after
    from balanced

),

-- within a family, products that came and products that went in one month are one swap
final as (

    select
        *,
        gross_before <= 0 and gross_after > 0 as is_added,
        gross_before > 0 and gross_after <= 0 as is_dropped,
        cast(sum(
            case when gross_before > 0 and gross_after <= 0 then gross_before else 0 end
        ) over (
            partition by customer_id, product_family, month_index
        ) as {{ type_money() }}) as dropped_gross,
        cast(sum(
            case when gross_before > 0 and gross_after <= 0 then quantity_before else 0 end
        ) over (
            partition by customer_id, product_family, month_index
        ) as {{ type_quantity() }}) as dropped_quantity,
        cast(sum(
            case when gross_before <= 0 and gross_after > 0 then quantity_after else 0 end
        ) over (
            partition by customer_id, product_family, month_index
        ) as {{ type_quantity() }}) as added_quantity,
        min(case when gross_before > 0 and gross_after <= 0 then ended_tier end) over (
            partition by customer_id, product_family, month_index
        ) as dropped_tier,
        min(case when gross_before <= 0 and gross_after > 0 then started_tier end) over (
            partition by customer_id, product_family, month_index
        ) as added_tier,
        row_number() over (
            partition by customer_id, product_family, month_index
            order by
                case when gross_before <= 0 then gross_after else 0 end desc nulls last,
                product_id asc
        ) as family_rank
    from states

)

select * from final

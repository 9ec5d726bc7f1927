-- Grain: one row per origin month, customer, product family and later day, within 12 months, on
-- which something signed begins: what it adds, less what ends for it.
with beginnings as (

    select * from {{ ref('int_signed_beginnings_ahead') }}

),

taken_up as (

    select
        origin_month_index,
        customer_id,
        product_family,
        change_date,
        sum(arr) as ended_arr
    from {{ ref('int_lines_taken_up_ahead') }}
    group by origin_month_index, customer_id, product_family, change_date

),

final as (

    select
        beginnings.origin_month_index,
        beginnings.customer_id,
        beginnings.product_family,
        beginnings.start_date as change_date,
        {{ month_index('beginnings.start_date') }} as change_month_index,
        beginnings.is_contracted_step,
        cast(
            beginnings.begun_arr - coalesce(taken_up.ended_arr, 0) as {{ type_money() }}
        ) as arr_change
    from beginnings
    left join taken_up
        on
            beginnings.origin_month_index = taken_up.origin_month_index
            and beginnings.customer_id = taken_up.customer_id
            and beginnings.product_family = taken_up.product_family
            and beginnings.start_date = taken_up.change_date

)

select * from final

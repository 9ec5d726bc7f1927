-- Grain: one row per customer, product and month in which price, quantity or discount of the
-- product moves.
with lines as (

    select * from {{ ref('int_subscription_lines_counted') }}

),

steps as (

    select distinct
        source_system,
        subscription_id,
        product_id,
        start_date
    from lines
    where is_contracted_step

),

boundaries as (

    select
        customer_id,
        product_id,
        product_family,
        from_month_index as month_index,
        1 as sign,
        is_contracted_step as is_step,
        tier_key,
        quantity,
        arr
    from lines

    union all

    -- a line that ends where a step of its subscription and product begins is part of the step
    select
        lines.customer_id,
        lines.product_id,
        lines.product_family,
        lines.until_month_index as month_index,
        -1 as sign,
        steps.start_date is not null as is_step,
        lines.tier_key,
        lines.quantity,
        lines.arr
    from lines
    left join steps
        on
            lines.source_system = steps.source_system
            and lines.subscription_id = steps.subscription_id
            and lines.product_id = steps.product_id
            and lines.counted_until_date = steps.start_date
    where lines.until_month_index <= {{ last_published_month_index() }}

),

final as (

    select
        customer_id,
        product_id,
        product_family,
        month_index,
        cast(sum(sign * arr) as {{ type_money() }}) as arr_change,
        cast(
            sum(case when arr > 0 then sign * arr else 0 end) as {{ type_money() }}
        ) as gross_change,
        cast(
            sum(case when arr < 0 then sign * arr else 0 end) as {{ type_money() }}
        ) as discount_change,
        cast(
            sum(case when arr > 0 then sign * quantity else 0 end) as {{ type_quantity() }}
        ) as quantity_change,
        cast(
            sum(case when arr > 0 and is_step then sign * arr else 0 end) as {{ type_money() }}
        ) as step_change,
        cast(
            sum(case when arr > 0 and is_step then sign * quantity else 0 end)
            as {{ type_quantity() }}
        ) as step_quantity_change,
        min(case when arr > 0 and sign = 1 then tier_key end) as started_tier,
        min(case when arr > 0 and sign = -1 then tier_key end) as ended_tier
    from boundaries
    group by customer_id, product_id, product_family, month_index
    having
        sum(sign * arr) <> 0
        or sum(case when arr > 0 then sign * arr else 0 end) <> 0
        or sum(case when arr > 0 then sign * quantity else 0 end) <> 0

)

select * from final

-- Grain: one row per subscription line of Stripe, discounts apart, in the shape of the waist.
with item_lines as (

    select * from {{ ref('int_stripe_item_lines') }}

),

discount_stretches as (

    select * from {{ ref('int_stripe_discount_stretches_merged') }}

),

-- a recurring discount is a negative line of the same product, without seats
amounts as (

    select
        line_key,
        line_key || '/gross' as line_id,
        start_date,
        end_date,
        gross_amount_minor as amount_minor,
        quantity
    from item_lines

    union all

    select
        item_lines.line_key,
        item_lines.subscription_item_id
        || '/' || cast(discount_stretches.start_date as {{ dbt.type_string() }})
        || '/discount' as line_id,
        discount_stretches.start_date,
        discount_stretches.end_date,
        -discount_stretches.discount_amount_minor as amount_minor,
        0 as quantity
    from item_lines
    inner join discount_stretches
        on item_lines.line_key = discount_stretches.line_key

),

final as (

    select
        amounts.line_id,
        item_lines.subscription_id,
        item_lines.subscription_item_id,
        item_lines.customer_id as source_customer_id,
        item_lines.product_id,
        item_lines.plan_tier,
        amounts.start_date,
        amounts.end_date,
        coalesce(
            item_lines.ends_in_pause and amounts.end_date = item_lines.end_date, false
        ) as ends_in_pause,
        cast(amounts.amount_minor * item_lines.minor_unit as {{ type_amount() }}) as term_amount,
        item_lines.periods_per_year_numerator,
        item_lines.periods_per_year_denominator,
        cast(amounts.quantity as {{ type_quantity() }}) as quantity,
        item_lines.currency,
        item_lines.charge_type,
        cast(null as {{ dbt.type_string() }}) as supersedes_line_id,
        item_lines.notice_date,
        false as is_contracted_step,
        item_lines.unusable_reason,
        item_lines.source_table,
        item_lines.source_row_id,
        item_lines.load_id
    from item_lines
    inner join amounts
        on item_lines.line_key = amounts.line_key

)

select * from final

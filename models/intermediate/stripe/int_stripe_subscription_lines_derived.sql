-- Grain: one row per subscription line of Stripe, discounts apart, in the shape of the waist.
with item_lines as (

    select * from {{ ref('int_stripe_item_lines_classified') }}

),

discount_stretches as (

    select * from {{ ref('int_stripe_discount_stretches_merged') }}

),

gross_lines as (

    select
        *,
        line_key || '/gross' as line_id,
        gross_amount_minor as amount_minor
    from item_lines

),

-- a recurring discount is a negative line of the same product, without seats
discount_lines as (

    select
        item_lines.*,
        item_lines.subscription_item_id
        || '/' || cast(discount_stretches.start_date as {{ dbt.type_string() }})
        || '/discount' as line_id,
        -discount_stretches.discount_amount_minor as amount_minor,
        discount_stretches.start_date as discount_start_date,
        discount_stretches.end_date as discount_end_date
    from item_lines
    inner join discount_stretches
        on item_lines.line_key = discount_stretches.line_key

),

lines as (

    select
        line_id,
        subscription_id,
        customer_id,
        product_id,
        plan_tier,
        start_date,
        end_date,
        ends_in_pause,
        amount_minor,
        minor_unit,
        periods_per_year_numerator,
        periods_per_year_denominator,
        quantity,
        currency,
        charge_type,
        notice_date,
        unusable_reason
    from gross_lines

    union all

    select
        line_id,
        subscription_id,
        customer_id,
        product_id,
        plan_tier,
        discount_start_date as start_date,
        discount_end_date as end_date,
        ends_in_pause and discount_end_date = end_date as ends_in_pause,
        amount_minor,
        minor_unit,
        periods_per_year_numerator,
        periods_per_year_denominator,
        0 as quantity,
        currency,
        charge_type,
        notice_date,
        unusable_reason
    from discount_lines

),

final as (

    select
        line_id,
        subscription_id,
        customer_id as source_customer_id,
        product_id,
        plan_tier,
        start_date,
        end_date,
        coalesce(ends_in_pause, false) as ends_in_pause,
        cast(amount_minor * minor_unit as {{ type_amount() }}) as term_amount,
        periods_per_year_numerator,
        periods_per_year_denominator,
        cast(quantity as {{ type_quantity() }}) as quantity,
        currency,
        charge_type,
        cast(null as {{ dbt.type_string() }}) as supersedes_line_id,
        notice_date,
        false as is_contracted_step,
        unusable_reason
    from lines

)

select * from final

-- Grain: one row per subscription line of Stripe, discounts apart, in the shape of all systems.
-- long because a discount is the invoice's or the coupons', carried on to time not yet invoiced
{{ config(enabled='stripe' in billing_systems()) }}
with item_lines as (

    select * from {{ ref('int_stripe_item_lines') }}

),

line_discounts as (

    select
        *,
        -- an invoice that comes to a credit does not say what is off its charges
        case
            when invoice_subtotal_minor <= 0 and invoice_deduction_minor <> 0 then null
            else charge_id
        end as telling_id
    from {{ ref('int_stripe_line_discounts') }}

),

decided as (

    select * from {{ ref('int_stripe_invoice_deductions') }}
    where is_decided

),

line_periods as (

    select
        line_key,
        subscription_item_id,
        gross_amount_minor,
        start_date,
        telling_id,
        invoice_id,
        sum(discount_amount_minor) as coupon_amount_minor,
        count(discount_id) > 0 as has_discount
    from line_discounts
    group by
        line_key, subscription_item_id, gross_amount_minor, start_date, telling_id, invoice_id

),

decided_periods as (

    select
        line_periods.*,
        decided.invoice_id is not null as is_decided,
        decided.deduction_minor,
        decided.basis_minor,
        decided.discounted_charges,
        coalesce(
            decided.is_for_discounted_alone and not line_periods.has_discount, false
        ) as is_left_out,
        count(line_periods.telling_id) over (
            partition by line_periods.subscription_item_id order by line_periods.start_date
        ) as charges_before
    from line_periods
    left join decided
        on line_periods.invoice_id = decided.invoice_id

),

-- time not yet invoiced continues the invoice before it, or else the first one
carried as (

    select
        *,
        {%- for column in ['deduction_minor', 'basis_minor', 'discounted_charges'] %}
        case
            when is_left_out then null
            when telling_id is not null then {{ column }}
            when charges_before > 0
                then
                    max(case when telling_id is not null and not is_left_out then {{ column }} end)
                        over (partition by subscription_item_id, charges_before)
            else
                max(case when charges_before = 1 and not is_left_out then {{ column }} end) over (
                    partition by subscription_item_id
                )
        end as carried_{{ column }}{% if not loop.last %},{% endif %}
        {%- endfor %}
    from decided_periods

),

discount_amounts as (

    select
        line_key,
        start_date,
        cast(
            case
                when is_decided and is_left_out then 0
                when carried_basis_minor is null then coupon_amount_minor
                -- a discount that has ended is not carried on
                when
                    telling_id is null and carried_discounted_charges > 0 and not has_discount
                    then coupon_amount_minor
                else
                    least(
                        {{ spread_amount(
                            'gross_amount_minor', 'carried_deduction_minor', 'carried_basis_minor'
                        ) }},
                        gross_amount_minor
                    )
            end as numeric(24, 6)
        ) as discount_amount_minor
    from carried

),

compared as (

    select
        *,
        lag(discount_amount_minor) over (
            partition by line_key order by start_date
        ) as amount_before
    from discount_amounts

),

-- neighbouring periods with the same discount are one
discount_changes as (

    select
        *,
        lead(start_date) over (partition by line_key order by start_date) as next_start_date
    from compared
    where discount_amount_minor <> coalesce(amount_before, -1)

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
        || '/' || cast(discount_changes.start_date as {{ dbt.type_string() }})
        || '/discount' as line_id,
        discount_changes.start_date,
        coalesce(discount_changes.next_start_date, item_lines.end_date) as end_date,
        -discount_changes.discount_amount_minor as amount_minor,
        0 as quantity
    from item_lines
    inner join discount_changes
        on item_lines.line_key = discount_changes.line_key
    where discount_changes.discount_amount_minor > 0

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
        coalesce(item_lines.ends_in_pause and amounts.end_date = item_lines.end_date, false)
            as ends_in_pause,
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

-- Grain: one row per line and span of a discounted subscription of Stripe, with what is taken off
-- one period of it: by its invoice, where that says something else than the coupons.
-- long because what invoices say is carried on to time that is not invoiced
with slices as (

    select * from {{ ref('int_stripe_discounted_line_periods') }}

),

applied as (

    select * from {{ ref('int_stripe_discounts_applied') }}

),

decided as (

    select * from {{ ref('int_stripe_invoice_deductions') }}

),

lines_discounted as (

    select distinct
        line_key,
        start_date
    from {{ ref('int_stripe_discounts_ranked') }}

),

compared as (

    select
        slices.*,
        applied.discount_amount_minor as coupon_amount_minor,
        lines_discounted.line_key is not null as has_discount
    from slices
    inner join applied
        on
            slices.line_key = applied.line_key
            and slices.start_date = applied.start_date
    left join lines_discounted
        on
            slices.line_key = lines_discounted.line_key
            and slices.start_date = lines_discounted.start_date

),

decided_slices as (

    select
        compared.*,
        decided.invoice_id is not null as is_decided,
        decided.deduction_minor,
        decided.basis_minor,
        decided.discounted_charges,
        coalesce(
            decided.is_for_discounted_alone and not compared.has_discount, false
        ) as is_left_out,
        count(compared.charge_id) over (
            partition by compared.subscription_item_id order by compared.start_date
        ) as charges_before
    from compared
    left join decided
        on compared.invoice_id = decided.invoice_id

),

-- time that is not invoiced goes on as the invoice before it, or else the first one, says
carried as (

    select
        *,
        {%- for column in ['deduction_minor', 'basis_minor', 'discounted_charges'] %}
        case
            when is_left_out then null
            when charge_id is not null then {{ column }}
            when charges_before > 0
                then
                    max(case when charge_id is not null and not is_left_out then {{ column }} end)
                        over (partition by subscription_item_id, charges_before)
            else
                max(case when charges_before = 1 and not is_left_out then {{ column }} end) over (
                    partition by subscription_item_id
                )
        end as carried_{{ column }}{% if not loop.last %},{% endif %}
        {%- endfor %}
    from decided_slices

),

final as (

    select
        line_key,
        start_date,
        end_date,
        cast(
            case
                when is_decided and is_left_out then 0
                when carried_basis_minor is null then coupon_amount_minor
                -- a discount that has ended is not carried on
                when
                    charge_id is null and carried_discounted_charges > 0 and not has_discount
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

)

select * from final

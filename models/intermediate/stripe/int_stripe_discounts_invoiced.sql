-- Grain: one row per line and span of a discounted subscription of Stripe, with what is taken off
-- one period of it: by its invoice, where that says something else than the coupons.
-- long because what an invoice shows is judged, shared out and carried on in one place
with slices as (

    select * from {{ ref('int_stripe_discount_slices_cut') }}

),

applied as (

    select * from {{ ref('int_stripe_discounts_applied') }}

),

ranked_discounts as (

    select * from {{ ref('int_stripe_discounts_ranked') }}

),

discounts_once as (

    select * from {{ ref('int_stripe_discounts_once') }}

),

lines_discounted as (

    select distinct
        line_key,
        start_date
    from ranked_discounts

),

compared as (

    select
        slices.*,
        applied.discount_amount_minor as coupon_amount_minor,
        lines_discounted.line_key is not null as has_discount,
        row_number() over (
            partition by slices.charge_id order by slices.start_date, slices.line_key
        ) as slice_of_charge
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

invoices as (

    select
        invoice_id,
        min(subscription_id) as subscription_id,
        min(billed_date) as billed_date,
        count(*) as charges,
        sum(coupon_amount_minor) as coupon_amount_minor,
        max(invoice_subtotal_minor) as subtotal_minor,
        max(invoice_deduction_minor) as deduction_minor,
        sum(case when has_discount then 1 else 0 end) as discounted_charges,
        sum(case when has_discount then charged_amount_minor else 0 end) as discounted_minor
    from compared
    where charge_id is not null and slice_of_charge = 1
    group by invoice_id

),

in_order as (

    select
        *,
        -- a minor unit of rounding for each charge
        abs(coupon_amount_minor - deduction_minor) <= charges as is_as_coupons_say,
        {%- for step in ['lag', 'lead'] %}
        {{ step }}(abs(coupon_amount_minor - deduction_minor) <= charges) over (
            partition by subscription_id order by billed_date, invoice_id
        ) as {{ step }}_is_as_coupons_say,
        -- the same share of the invoice, to a minor unit
        abs(
            deduction_minor * {{ step }}(subtotal_minor) over (
                partition by subscription_id order by billed_date, invoice_id
            )
            - subtotal_minor * {{ step }}(deduction_minor) over (
                partition by subscription_id order by billed_date, invoice_id
            )
        ) <= subtotal_minor as {{ step }}_is_alike{% if not loop.last %},{% endif %}
        {%- endfor %}
    from invoices
    where subtotal_minor > 0 and deduction_minor >= 0

),

-- an invoice decides, unless it alone differs or a discount for one invoice explains it; without a
-- recurring discount a second one has to take the same off
decided as (

    select
        in_order.invoice_id,
        in_order.deduction_minor,
        in_order.discounted_charges,
        case
            when
                in_order.discounted_charges between 1 and in_order.charges - 1
                and in_order.discounted_minor >= in_order.deduction_minor
                then in_order.discounted_minor
            else in_order.subtotal_minor
        end as basis_minor,
        in_order.discounted_charges between 1 and in_order.charges - 1
        and in_order.discounted_minor >= in_order.deduction_minor as is_for_discounted_alone
    from in_order
    left join discounts_once
        on in_order.invoice_id = discounts_once.invoice_id
    where
        not in_order.is_as_coupons_say
        and discounts_once.invoice_id is null
        and case
            when in_order.discounted_charges > 0
                then
                    not coalesce(
                        in_order.lag_is_as_coupons_say and in_order.lead_is_as_coupons_say, false
                    )
            else
                in_order.deduction_minor > 0
                and (
                    coalesce(in_order.lag_is_alike, false)
                    or coalesce(in_order.lead_is_alike, false)
                )
        end

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

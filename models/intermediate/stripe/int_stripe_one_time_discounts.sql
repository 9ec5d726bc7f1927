-- Grain: one row per invoice of Stripe on which discounts for one invoice were given, with what
-- they take off at most.
-- long because the first invoice after a discount is found before amounts are added up
{{ config(enabled='stripe' in billing_systems()) }}
with discounts as (

    select * from {{ ref('int_stripe_discounts') }}
    where not_applied_reason = 'once'

),

invoice_discounts as (

    select * from {{ ref('stg_stripe__customer_discounts') }}
    where is_on_one_invoice

),

coupons as (

    select * from {{ ref('stg_stripe__coupons') }}

),

invoices as (

    select * from {{ ref('stg_stripe__invoices') }}
    where not is_deleted and coalesce(status, 'paid') <> 'void'

),

ordered_invoices as (

    select
        *,
        lag(created_at) over (
            partition by subscription_id order by created_at nulls last, invoice_id nulls last
        ) as created_at_before
    from invoices

),

-- the first invoice after it was given; a draft is written within the hour
given as (

    select
        ordered_invoices.invoice_id,
        ordered_invoices.subtotal_minor,
        discounts.discount_id,
        discounts.percent_off,
        discounts.amount_off_minor
    from ordered_invoices
    inner join discounts
        on
            ordered_invoices.subscription_id = discounts.subscription_id
            and ordered_invoices.created_at
            >= {{ add_hours('discounts.starts_at', -1) }}
            and (
                ordered_invoices.created_at_before is null
                or ordered_invoices.created_at_before
                < {{ add_hours('discounts.starts_at', -1) }}
            )

    union all

    select
        invoices.invoice_id,
        invoices.subtotal_minor,
        invoice_discounts.discount_id,
        coupons.percent_off,
        coupons.amount_off_minor
    from invoices
    inner join invoice_discounts
        on invoices.invoice_id = invoice_discounts.invoice_id
    inner join coupons
        on
            invoice_discounts.coupon_id = coupons.coupon_id
            and coalesce(coupons.duration, 'once') = 'once'

),

-- one discount may have landed in both tables
distinct_given as (

    select distinct
        invoice_id,
        subtotal_minor,
        discount_id,
        percent_off,
        amount_off_minor
    from given

),

final as (

    select
        invoice_id,
        cast(
            sum(
                case
                    when percent_off is not null
                        then {{ spread_amount(
                            'greatest(subtotal_minor, 0)', 'percent_off', '100'
                        ) }}
                    else coalesce(amount_off_minor, 0)
                end
            ) as numeric(24, 6)
        ) as deduction_minor
    from distinct_given
    group by invoice_id

)

select * from final

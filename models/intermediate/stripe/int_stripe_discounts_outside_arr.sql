-- Grain: one row per invoice of Stripe with discounts that take nothing off ARR, and what they take
-- off at most: those for one invoice, and those of usage and of what is sold once.
-- long because the first invoice after a discount is found before amounts are added up
{{ config(enabled='stripe' in billing_systems()) }}
with discounts as (

    select * from {{ ref('int_stripe_discounts') }}
    where not_applied_reason = 'once'

),

recurring_discounts as (

    select
        *,
        count(coalesce(subscription_item_id, restricted_to_products)) over (
            partition by subscription_id
        ) > 0 as has_restricted
    from {{ ref('int_stripe_discounts') }}
    where coalesce(not_applied_reason, 'none') not in ('once', 'never_in_force')

),

other_lines as (

    select * from {{ ref('int_stripe_invoice_lines') }}
    where amount_kind in ('usage', 'one_time') and deductible_amount_minor > 0 and is_charged

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

one_time_deductions as (

    select
        invoice_id,
        sum(
            case
                when percent_off is not null
                    then {{ spread_amount(
                        'greatest(subtotal_minor, 0)', 'percent_off', '100'
                    ) }}
                else coalesce(amount_off_minor, 0)
            end
        ) as one_time_minor
    from distinct_given
    group by invoice_id

),

-- without a discount that is meant for an item or for products, all lines have the same share off
reached as (

    select
        other_lines.invoice_id,
        discounts.discount_id,
        discounts.percent_off,
        case
            when coalesce(discounts.currency, other_lines.currency) = other_lines.currency
                then discounts.amount_off_minor
        end as amount_off_minor,
        sum(other_lines.deductible_amount_minor) as reached_minor
    from other_lines
    inner join recurring_discounts as discounts
        on
            other_lines.subscription_id = discounts.subscription_id
            and coalesce(
                other_lines.subscription_item_id = discounts.subscription_item_id,
                discounts.subscription_item_id is null
            )
    left join {{ ref('int_stripe_prices') }} as prices
        on other_lines.price_id = prices.price_id
    where
        discounts.has_restricted
        and {{ reaches_product('discounts', 'prices.product_id') }}
        and {{ reporting_date('other_lines.invoiced_at') }} >= discounts.start_date
        and {{ reporting_date('other_lines.invoiced_at') }}
        < {{ or_open_date('discounts.end_date') }}
    group by
        other_lines.invoice_id, other_lines.currency, discounts.discount_id,
        discounts.percent_off, discounts.currency, discounts.amount_off_minor

),

-- of a discount whose amount is not known it may be all
other_deductions as (

    select
        invoice_id,
        sum(
            case
                when percent_off is not null
                    then {{ spread_amount('reached_minor', 'percent_off', '100') }}
                else least(coalesce(amount_off_minor, reached_minor), reached_minor)
            end
        ) as other_minor
    from reached
    group by invoice_id

),

final as (

    select
        coalesce(one_time.invoice_id, other.invoice_id) as invoice_id,
        cast(one_time.one_time_minor as numeric(24, 6)) as one_time_minor,
        cast(coalesce(other.other_minor, 0) as numeric(24, 6)) as other_minor
    from one_time_deductions as one_time
    full outer join other_deductions as other
        on one_time.invoice_id = other.invoice_id

)

select * from final

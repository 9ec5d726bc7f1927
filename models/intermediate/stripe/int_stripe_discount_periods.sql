-- Grain: one row per subscription line of Stripe and recurring discount that is meant for it, with
-- the time it lasts: from the first billing period that begins in the discount's time to the end of
-- the last one.
-- long because a discount may name an item, products and several currencies
{%- set months -%}
    case lines.periods_per_year_numerator
                when 12 then lines.periods_per_year_denominator
                when 1 then 12 * lines.periods_per_year_denominator
            end
{%- endset %}
with lines as (

    select * from {{ ref('int_stripe_item_lines') }}
    where unusable_reason is null and charge_type = 'recurring'

),

discounts as (

    select * from {{ ref('int_stripe_discounts') }}
    where coalesce(not_applied_reason, 'none') not in ('once', 'never_in_force')

),

subscriptions as (

    select * from {{ ref('int_stripe_subscriptions') }}

),

meant as (

    select
        lines.line_key,
        lines.subscription_item_id,
        lines.subscription_id,
        discounts.discount_id,
        discounts.stack_level,
        -- one that is there from the beginning is as old as the subscription, however that is dated
        case
            when
                discounts.start_date > {{ add_days('subscriptions.created_date', 1) }}
                then discounts.start_date
        end as given_date,
        discounts.start_date as discount_start_date,
        discounts.end_date,
        {{ months }} as period_months,
        case lines.periods_per_year_numerator
            when 52 then 7 * lines.periods_per_year_denominator
            when 365 then lines.periods_per_year_denominator
        end as period_days,
        subscriptions.billing_anchor_date,
        discounts.not_applied_reason is null as is_amount_known,
        discounts.restricted_to_products is not null
        or discounts.subscription_item_id is not null as is_restricted,
        discounts.percent_off,
        case
            when discounts.amount_off_minor is null then null
            when coalesce(discounts.currency, lines.currency) = lines.currency
                then discounts.amount_off_minor
            else
                cast(
                    {{ json_amount('discounts.currency_options', 'lines.currency', 'amount_off') }}
                    as bigint
                )
        end as amount_off_minor,
        -- a fixed amount is taken off each invoice, and so off what is invoiced most often
        cast(
            {{ whole_division(
                'lines.periods_per_year_numerator * 1000000', 'lines.periods_per_year_denominator'
            ) }} as integer
        ) as invoices_per_million_years
    from lines
    inner join discounts
        on
            lines.subscription_id = discounts.subscription_id
            and lines.subscription_item_id
            = coalesce(discounts.subscription_item_id, lines.subscription_item_id)
    inner join subscriptions
        on lines.subscription_id = subscriptions.subscription_id
    where
        discounts.restricted_to_products is null
        or discounts.restricted_to_products like '%,' || lines.product_id || ',%'

),

final as (

    select
        line_key,
        subscription_item_id,
        subscription_id,
        discount_id,
        stack_level,
        given_date,
        end_date as taken_back_date,
        discount_start_date,
        {{ billing_period_start(
            'given_date', 'billing_anchor_date', 'period_months', 'period_days'
        ) }} as start_date,
        {{ billing_period_start(
            'end_date', 'billing_anchor_date', 'period_months', 'period_days'
        ) }} as end_date,
        is_amount_known and (
            percent_off is not null or amount_off_minor is not null
        ) as is_amount_known,
        is_restricted,
        percent_off,
        amount_off_minor,
        invoices_per_million_years
    from meant

)

select * from final

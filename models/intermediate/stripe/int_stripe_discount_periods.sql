-- Grain: one row per item version of Stripe and recurring discount meant for it, with its time:
-- from the first billing period that begins in the discount's time to the end of the last one.
-- long because a discount may name an item, products and several currencies
{{ config(enabled='stripe' in billing_systems()) }}
{%- set months -%}
    case prices.periods_per_year_numerator
                when 12 then prices.periods_per_year_denominator
                when 1 then 12 * prices.periods_per_year_denominator
            end
{%- endset %}
{%- set currency = 'coalesce(versions.charged_currency, prices.currency)' %}
{%- set million = 'cast(1000000 as numeric(24, 6))' %}
{%- set share = spread_amount(million, 'invoiced_net_amount_minor', 'invoiced_amount_minor') %}
with versions as (

    select
        *,
        -- without the tax inside the price
        case
            when invoiced_net_amount_minor between 1 and invoiced_amount_minor then {{ share }}
        end as net_share_in_millionths
    from {{ ref('int_stripe_item_versions') }}

),

prices as (

    select * from {{ ref('int_stripe_prices') }}

),

discounts as (

    select * from {{ ref('int_stripe_discounts') }}
    where coalesce(not_applied_reason, 'none') not in ('once', 'never_in_force')

),

subscriptions as (

    select * from {{ ref('int_stripe_subscriptions') }}

),

-- where an invoice does not say it of a version, that of its price does, else its subscription's
shared_versions as (

    select
        *,
        coalesce(
            net_share_in_millionths,
            max(net_share_in_millionths) over (partition by subscription_item_id, price_id)
        ) as net_share_of_price,
        min(net_share_in_millionths) over (
            partition by subscription_id
        ) as net_share_of_subscription
    from versions

),

meant as (

    select
        versions.subscription_item_id,
        versions.start_date as version_start_date,
        versions.subscription_id,
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
        case prices.periods_per_year_numerator
            when 52 then 7 * prices.periods_per_year_denominator
            when 365 then prices.periods_per_year_denominator
        end as period_days,
        subscriptions.billing_anchor_date,
        discounts.not_applied_reason is null as is_amount_known,
        discounts.percent_off,
        case
            when discounts.amount_off_minor is null then null
            when coalesce(discounts.currency, {{ currency }}) = {{ currency }}
                then discounts.amount_off_minor
            else
                cast(
                    {{ json_amount('discounts.currency_options', currency, 'amount_off') }}
                    as bigint
                )
        end as amount_off_minor,
        -- an amount off a price with tax inside is less without the tax, by the share of the price
        coalesce(
            versions.net_share_of_price,
            case when prices.is_tax_inclusive then versions.net_share_of_subscription end,
            {{ million }}
        ) as net_share_in_millionths,
        -- a fixed amount is taken off each invoice, and so off what is invoiced most often
        cast(
            {{ whole_division(
                'prices.periods_per_year_numerator * 1000000', 'prices.periods_per_year_denominator'
            ) }} as integer
        ) as invoices_per_million_years
    from shared_versions as versions
    inner join prices
        on versions.price_id = prices.price_id
    inner join discounts
        on
            versions.subscription_id = discounts.subscription_id
            and versions.subscription_item_id
            = coalesce(discounts.subscription_item_id, versions.subscription_item_id)
    inner join subscriptions
        on versions.subscription_id = subscriptions.subscription_id
    where {{ reaches_product('discounts', 'prices.product_id') }}

),

final as (

    select
        subscription_item_id,
        version_start_date,
        subscription_id,
        discount_id,
        stack_level,
        given_date,
        end_date as taken_back_date,
        discount_start_date,
        -- what begins inside a billing period is billed on its first day
        case
            when given_date <= version_start_date then given_date
            else {{ billing_period_start(
                'given_date', 'billing_anchor_date', 'period_months', 'period_days'
            ) }}
        end as start_date,
        case
            when end_date <= version_start_date then end_date
            else {{ billing_period_start(
                'end_date', 'billing_anchor_date', 'period_months', 'period_days'
            ) }}
        end as end_date,
        is_amount_known and (
            percent_off is not null or amount_off_minor is not null
        ) as is_amount_known,
        percent_off,
        cast(
            floor({{ spread_amount('amount_off_minor', 'net_share_in_millionths', million) }})
            as bigint
        ) as amount_off_minor,
        invoices_per_million_years
    from meant

)

select * from final

-- Grain: one row per subscription item and stretch of one price and quantity, with its amount.
{%- set last_unit = 'versions.quantity + prices.package_size - 1' %}
{%- set packages_up = whole_division(last_unit, 'prices.package_size') %}
{%- set packages_down = whole_division('versions.quantity', 'prices.package_size') %}
with versions as (

    select * from {{ ref('int_stripe_item_versions_dated') }}

),

prices as (

    select * from {{ ref('int_stripe_prices_unioned') }}

),

tier_amounts as (

    select * from {{ ref('int_stripe_tier_amounts_summed') }}

),

priced_versions as (

    select
        versions.*,
        prices.price_id is not null as has_price,
        prices.product_id,
        prices.plan_tier,
        prices.currency,
        prices.charge_type,
        prices.periods_per_year_numerator,
        prices.periods_per_year_denominator,
        prices.minor_unit,
        prices.unit_amount_minor,
        tier_amounts.tier_amount_minor,
        cast(
            case
                when prices.package_size is null then versions.quantity
                when prices.package_rounding = 'down' then {{ packages_down }}
                else {{ packages_up }}
            end as numeric(13, 0)
        ) as priced_units
    from versions
    left join prices
        on versions.price_id = prices.price_id
    left join tier_amounts
        on
            versions.price_id = tier_amounts.price_id
            and versions.quantity = tier_amounts.quantity

),

final as (

    select
        subscription_item_id,
        subscription_id,
        start_date,
        end_date,
        has_price,
        product_id,
        plan_tier,
        currency,
        charge_type,
        periods_per_year_numerator,
        periods_per_year_denominator,
        quantity,
        minor_unit,
        source_table,
        source_row_id,
        load_id,
        -- price x quantity; what was invoiced only where the price says nothing
        case
            when unit_amount_minor is not null
                then cast(priced_units * unit_amount_minor as numeric(24, 6))
            when tier_amount_minor is not null then tier_amount_minor
            when charge_type = 'usage' then cast(0 as numeric(24, 6))
            else invoiced_amount_minor
        end as gross_amount_minor
    from priced_versions

)

select * from final

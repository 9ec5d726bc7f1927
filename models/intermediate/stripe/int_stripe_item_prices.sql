-- Grain: one row per subscription item and period of one price and quantity, with its amount.
-- long because an amount comes from the price, its tiers or invoices, in its currency, without tax
{{ config(enabled='stripe' in billing_systems()) }}
{%- set paid, invoiced = 'versions.charged_currency', 'versions.invoiced_amount_minor' %}
{%- set offer = json_amount('prices.currency_options', paid, 'unit_amount') %}
{%- set exact_offer = json_amount('prices.currency_options', paid, 'unit_amount_decimal') %}
{%- set is_paid_as_priced = 'coalesce(' ~ paid ~ ', prices.currency) = prices.currency' %}
{%- set is_by_unit = 'prices.unit_amount_minor is not null and prices.package_size is null' %}
{%- set charged, known = 'amount_with_tax_minor', 'known_invoiced_amount_minor' %}
{%- set with_tax, without_tax = 'known_taxed_amount_minor', 'known_invoiced_net_amount_minor' %}
{%- set carried = [
    ('invoiced_amount_minor', 'price_id', 'amounts', ''), ('units_charged', 'price_id', 'amounts', ''),
    ('taxed_amount_minor', 'is_tax_inclusive', 'taxes', 'charged_amount_minor'),
    ('invoiced_net_amount_minor', 'is_tax_inclusive', 'taxes', 'charged_net_amount_minor'),
] %}
{%- set tier_end = 'coalesce(tiers.up_to_quantity, versions.quantity)' %}
{%- set last_unit = 'versions.quantity + prices.package_size - 1' %}
with versions as (

    select * from {{ ref('int_stripe_item_versions') }}

),

prices as (

    select * from {{ ref('int_stripe_prices') }}

),

tiers as (

    select
        *,
        coalesce(
            lag(up_to_quantity) over (partition by price_id order by up_to_quantity nulls last), 0
        ) as from_quantity
    from {{ ref('stg_stripe__price_tiers') }}

),

-- graduated: each tier prices its own units; volume: the tier of the last unit prices them all
tier_amounts as (

    select
        versions.subscription_item_id,
        versions.version_number,
        cast(sum(
            cast(case
                when prices.tiers_mode = 'volume' then versions.quantity
                else least(versions.quantity, {{ tier_end }}) - tiers.from_quantity
            end as numeric(13, 0)) * tiers.unit_amount_minor + tiers.flat_amount_minor
        ) as numeric(24, 6)) as tier_amount_minor
    from versions
    inner join prices
        on versions.price_id = prices.price_id
    inner join tiers
        on
            versions.price_id = tiers.price_id
            -- the flat amount of the first tier is due without a unit
            and greatest(versions.quantity, 1) > tiers.from_quantity
            and (prices.tiers_mode = 'graduated' or versions.quantity <= {{ tier_end }})
            -- of a mode that is not known the first tier alone costs the same
            and (prices.tiers_mode is not null or tiers.from_quantity = 0)
    group by versions.subscription_item_id, versions.version_number
    -- units beyond the last tier have no amount
    having max({{ tier_end }} - versions.quantity) >= 0

),

priced_versions as (

    select
        versions.*,
        prices.price_id is not null as has_price,
        prices.product_id,
        prices.plan_tier,
        coalesce(versions.charged_currency, prices.currency) as currency,
        prices.charge_type as price_charge_type,
        coalesce(prices.is_tax_inclusive, false) as is_tax_inclusive,
        prices.periods_per_year_numerator,
        prices.periods_per_year_denominator,
        {{ minor_unit('currency_exponents.minor_unit_exponent') }} as minor_unit,
        -- the price row counts in its own currency, its options in theirs
        case
            when {{ is_paid_as_priced }} then prices.unit_amount_minor
            else cast(coalesce({{ exact_offer }}, {{ offer }}) as numeric(24, 12))
        end as unit_amount_minor,
        coalesce(
            case when {{ is_paid_as_priced }} then tier_amounts.tier_amount_minor end,
            case when prices.charge_type is distinct from 'usage' then charges.term_amount_minor end
        ) as stated_amount_minor,
        cast(case
            when prices.package_size is null then versions.quantity
            when prices.package_rounding = 'down'
                then {{ whole_division('versions.quantity', 'prices.package_size') }}
            else {{ whole_division(last_unit, 'prices.package_size') }}
        end as numeric(13, 0)) as priced_units,
        case when {{ is_by_unit }} and {{ invoiced }} is not null then versions.quantity end
            as units_charged,
        charges.period_months as charged_months,
        charges.amount_minor as charged_amount_minor,
        charges.net_amount_minor as charged_net_amount_minor,
        nullif({{ invoiced }}, 0) as taxed_amount_minor,
        count({{ invoiced }}) over (
            partition by versions.subscription_item_id, versions.price_id
            order by versions.version_number
        ) as amounts_known,
        count(nullif({{ invoiced }}, 0)) over (
            partition by versions.subscription_item_id, coalesce(prices.is_tax_inclusive, false)
            order by versions.version_number
        ) as taxes_known
    from versions
    left join prices
        on versions.price_id = prices.price_id
    left join tier_amounts
        on
            versions.subscription_item_id = tier_amounts.subscription_item_id
            and versions.version_number = tier_amounts.version_number
    left join {{ ref('int_stripe_invoice_charges') }} as charges
        on versions.source_row_id = charges.charge_id and not charges.is_credit
    left join {{ ref('stripe_currency_exponents') }} as currency_exponents
        on coalesce(versions.charged_currency, prices.currency) = currency_exponents.currency

),

-- seats cost what those last invoiced did, else the first; tax inside is that of the last price
amounts_carried as (

    select
        *,
        {%- for column, key, kind, else_charged in carried %}
        coalesce(
            max({{ column }}) over (partition by subscription_item_id, {{ key }}, {{ kind }}_known),
            max(case when {{ kind }}_known = 1 then {{ column }} end) over (
                partition by subscription_item_id, {{ key }}
            ),
            max({{ else_charged or column }}) over (partition by subscription_item_id, {{ key }})
        ) as known_{{ column }}{% if not loop.last %},{% endif %}
        {%- endfor %}
    from priced_versions

),

-- price x quantity; of tiers, and where the price says nothing, what was invoiced
amounts as (

    select
        *,
        case
            when price_charge_type = 'usage'
                then coalesce(stated_amount_minor, known_invoiced_amount_minor, 0)
            when unit_amount_minor is not null
                then cast(priced_units * unit_amount_minor as numeric(24, 6))
            -- a part of a period says less than the tiers
            when is_invoiced_whole then invoiced_amount_minor
            when invoiced_amount_minor is null and known_units_charged > 0
                then {{ spread_signed(known, 'priced_units', 'known_units_charged') }}
            else coalesce(stated_amount_minor, invoiced_amount_minor)
        end as amount_with_tax_minor
    from amounts_carried

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
        -- the committed minimum of a metered price is contracted, its usage is not
        case
            when price_charge_type = 'usage' and amount_with_tax_minor > 0 then 'recurring'
            else price_charge_type
        end as charge_type,
        periods_per_year_numerator,
        periods_per_year_denominator,
        quantity,
        minor_unit,
        charged_months,
        is_tax_inclusive and known_invoiced_net_amount_minor is null as is_tax_unknown,
        source_table,
        source_row_id,
        load_id,
        price_id,
        -- tax inside the price is the share of it that the invoices of the item show
        cast(case
            when {{ with_tax }} > {{ without_tax }} and {{ without_tax }} > 0
                then {{ spread_back(charged, without_tax, with_tax, 'abs(' ~ charged ~ ')') }}
            else amount_with_tax_minor
        end as numeric(24, 6)) as gross_amount_minor
    from amounts

)

select * from final

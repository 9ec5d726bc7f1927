-- Grain: one row per tiered price of Stripe and quantity at which an item has it.
with versions as (

    select * from {{ ref('int_stripe_item_versions_dated') }}

),

prices as (

    select * from {{ ref('int_stripe_prices') }}

),

tiers as (

    select * from {{ ref('stg_stripe__price_tiers') }}

),

quantities as (

    select distinct
        price_id,
        quantity
    from versions

),

bounded_tiers as (

    select
        *,
        coalesce(
            lag(up_to_quantity) over (partition by price_id order by up_to_quantity nulls last), 0
        ) as from_quantity
    from tiers

),

-- graduated: each tier prices its own units; volume: the tier of the last unit prices them all
reached_tiers as (

    select
        quantities.price_id,
        quantities.quantity,
        bounded_tiers.unit_amount_minor,
        bounded_tiers.flat_amount_minor,
        case
            when prices.tiers_mode = 'volume' then quantities.quantity
            else
                least(
                    quantities.quantity,
                    coalesce(bounded_tiers.up_to_quantity, quantities.quantity)
                ) - bounded_tiers.from_quantity
        end as units
    from quantities
    inner join prices
        on quantities.price_id = prices.price_id
    inner join bounded_tiers
        on
            quantities.price_id = bounded_tiers.price_id
            -- the first tier is reached without a unit: its flat amount is always due
            and (
                quantities.quantity > bounded_tiers.from_quantity
                or bounded_tiers.from_quantity = 0
            )
            and (
                prices.tiers_mode <> 'volume'
                or quantities.quantity
                <= coalesce(bounded_tiers.up_to_quantity, quantities.quantity)
            )

),

final as (

    select
        price_id,
        quantity,
        cast(
            sum(cast(units as numeric(13, 0)) * unit_amount_minor + flat_amount_minor)
            as numeric(24, 6)
        ) as tier_amount_minor
    from reached_tiers
    group by price_id, quantity

)

select * from final

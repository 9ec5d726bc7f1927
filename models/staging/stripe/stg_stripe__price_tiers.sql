-- Grain: one row per tier of a price of Stripe.
{{ config(enabled='stripe' in billing_systems()) }}
with source as (

    {{ extract_once('stripe', 'tier') }}

),

final as (

    select
        -- ids
        cast(price_id as {{ dbt.type_string() }}) as price_id,

        -- measures, amounts in minor units of the currency
        -- some loaders write 0 for the last tier, which has no last unit
        cast(nullif(up_to, 0) as bigint) as up_to_quantity,
        coalesce(
            {{ precise_amount('unit_amount', 'unit_amount_decimal') }}, 0
        ) as unit_amount_minor,
        coalesce({{ precise_amount('flat_amount', 'flat_amount_decimal') }}, 0) as flat_amount_minor

    from source

)

select * from final

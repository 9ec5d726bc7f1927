-- Grain: one row per price of Stripe.
{{ config(enabled='stripe' in billing_systems()) }}
with source as (

    {{ extract_once('stripe', 'price', key=['id'], tells_contradiction=true) }}

),

final as (

    select
        -- ids
        cast(id as {{ dbt.type_string() }}) as price_id,
        cast(product_id as {{ dbt.type_string() }}) as product_id,

        -- attributes
        is_contradicted,
        upper(cast(currency as {{ dbt.type_string() }})) as currency,
        cast(currency_options as {{ dbt.type_string() }}) as currency_options,
        coalesce(
            cast(tax_behavior as {{ dbt.type_string() }}) = 'inclusive', false
        ) as is_tax_inclusive,
        cast(type as {{ dbt.type_string() }}) as price_type,
        cast(recurring_interval as {{ dbt.type_string() }}) as recurring_interval,
        cast(recurring_usage_type as {{ dbt.type_string() }}) as usage_type,
        cast(tiers_mode as {{ dbt.type_string() }}) as tiers_mode,
        cast(transform_quantity_round as {{ dbt.type_string() }}) as package_rounding,
        coalesce(
            {{ metadata_text('stripe_plan_tier_metadata_key') }},
            cast(nickname as {{ dbt.type_string() }})
        ) as plan_tier,

        -- measures, in minor units of the currency
        cast(recurring_interval_count as bigint) as recurring_interval_count,
        {{ precise_amount('unit_amount', 'unit_amount_decimal') }} as unit_amount_minor,
        -- some loaders write 0 where it is empty
        cast(nullif(transform_quantity_divide_by, 0) as bigint) as package_size

    from source

)

select * from final

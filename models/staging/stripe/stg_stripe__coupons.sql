-- Grain: one row per coupon of Stripe.
{{ config(enabled='stripe' in billing_systems()) }}
with source as (

    {{ extract_once('stripe', 'coupon', key=['id'], tells_contradiction=true) }}

),

final as (

    select
        -- ids
        cast(id as {{ dbt.type_string() }}) as coupon_id,

        -- attributes
        is_contradicted,
        cast(duration as {{ dbt.type_string() }}) as duration,
        upper(cast(currency as {{ dbt.type_string() }})) as currency,
        cast(currency_options as {{ dbt.type_string() }}) as currency_options,
        -- one id, a list with commas or a JSON list, all as ,id,id,
        ',' || nullif(
            replace(
                {{ without_characters(
                    'cast(applies_to_products as ' ~ dbt.type_string() ~ ')', '[]{}" '
                ) }},
                'products:', ''
            ),
            ''
        ) || ',' as restricted_to_products,

        -- measures
        cast(duration_in_months as bigint) as duration_in_months,
        -- some loaders write 0 where one of the two is empty
        cast(nullif(percent_off, 0) as numeric(7, 4)) as percent_off,
        cast(nullif(amount_off, 0) as bigint) as amount_off_minor

    from source

)

select * from final

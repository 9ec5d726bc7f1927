-- Grain: one row per line id that several landed rows of the custom billing system have.
{{ config(
    enabled='custom_billing' in billing_systems(),
    materialized='table',
) }}
with repeated as (

    {{ repeated_keys('custom_billing', 'subscription_lines') }}

),

final as (

    select * from repeated
    where repeated_key is not null

)

select * from final

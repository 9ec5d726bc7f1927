-- Grain: one row per customer and month in which its health was taken, as landed.
{{ config(enabled='custom_health' in health_systems()) }}
with source as (

    {{ extract_once('custom_health', 'customer_health') }}

),

final as (

    select
        -- ids
        cast(customer_id as {{ dbt.type_string() }}) as customer_id,

        -- measures
        cast(active_users as bigint) as active_users,
        cast(seats_used as bigint) as seats_used,
        cast(nps as numeric(9, 4)) as nps,
        cast(score as numeric(9, 4)) as health_score,

        -- dates
        cast(month as date) as health_date

    from source

)

select * from final

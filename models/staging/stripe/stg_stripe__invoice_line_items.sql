-- Grain: one row per line of an invoice of Stripe.
with source as (

    select
        {{ extract_columns('stripe', 'invoice_line_item') }}
    from {{ extract('stripe', 'invoice_line_item') }}

),

final as (

    select
        -- ids
        coalesce(
            cast(unique_id as {{ dbt.type_string() }}), cast(id as {{ dbt.type_string() }})
        ) as invoice_line_item_id,
        cast(invoice_id as {{ dbt.type_string() }}) as invoice_id,
        cast(subscription_id as {{ dbt.type_string() }}) as subscription_id,
        cast(subscription_item_id as {{ dbt.type_string() }}) as subscription_item_id,
        coalesce(
            cast(price_id as {{ dbt.type_string() }}), cast(plan_id as {{ dbt.type_string() }})
        ) as price_id,

        -- attributes
        cast(type as {{ dbt.type_string() }}) as line_type,
        coalesce(cast(proration as boolean), false) as is_proration,
        upper(cast(currency as {{ dbt.type_string() }})) as currency,

        -- measures
        cast(quantity as bigint) as quantity,
        cast(amount as numeric(24, 6)) as amount_minor,
        cast(amount_excluding_tax as numeric(24, 6)) as amount_excluding_tax_minor,
        cast(unit_amount_excluding_tax as numeric(24, 12)) as unit_amount_excluding_tax_minor,

        -- instants, UTC
        cast(period_start as {{ dbt.type_timestamp() }}) as period_started_at,
        cast(period_end as {{ dbt.type_timestamp() }}) as period_ended_at,
        cast(_fivetran_synced as {{ dbt.type_timestamp() }}) as synced_at

    from source
    where coalesce(cast(_fivetran_active as boolean), true)

)

select * from final

-- Grain: one row per subscription and customer it has left: the customer who holds the subscription
-- today.
with holdings as (

    select * from {{ ref('int_subscription_holdings_found') }}

),

final as (

    select
        source_system,
        subscription_id,
        source_customer_id,
        current_source_customer_id,
        current_record_key
    from holdings
    where source_customer_id <> current_source_customer_id

)

select * from final

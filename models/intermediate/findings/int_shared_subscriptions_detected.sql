-- Grain: one row per subscription whose lines name several customers without a hand-over from one
-- to the next.
with lines as (

    select * from {{ ref('int_subscription_lines_normalized') }}

),

transfers as (

    select * from {{ ref('int_subscription_transfers_resolved') }}

),

final as (

    select
        lines.source_system,
        lines.subscription_id,
        min(lines.customer_id) as customer_id,
        cast(count(distinct lines.source_customer_id) as bigint) as customer_count
    from lines
    left join transfers
        on
            lines.source_system = transfers.source_system
            and lines.subscription_id = transfers.subscription_id
            and lines.source_customer_id = transfers.source_customer_id
    where transfers.subscription_id is null
    group by lines.source_system, lines.subscription_id
    having count(distinct lines.source_customer_id) > 1

)

select * from final

-- Grain: one row per handed-over subscription, customer on its lines and customer who holds what is
-- on them in a span of months: first the one on the lines, then every later one.
with holdings as (

    select * from {{ ref('int_subscription_customers') }}

),

followed as (

    select
        own.source_system,
        own.subscription_id,
        own.source_customer_id,
        later.source_customer_id as holder_source_customer_id,
        case
            when later.source_customer_id = own.source_customer_id then 0
            else {{ month_index('later.held_from_date') }}
        end as from_month_index,
        later.held_from_date
    from holdings as own
    inner join holdings as later
        on
            own.source_system = later.source_system
            and own.subscription_id = later.subscription_id
            and own.held_from_date <= later.held_from_date

),

spanned as (

    select
        *,
        lead(from_month_index) over (
            partition by source_system, subscription_id, source_customer_id order by held_from_date
        ) as until_month_index
    from followed

),

final as (

    select
        source_system,
        subscription_id,
        source_customer_id,
        holder_source_customer_id,
        from_month_index,
        until_month_index
    from spanned
    -- taken over and passed on in one month
    where until_month_index is null or until_month_index > from_month_index

)

select * from final

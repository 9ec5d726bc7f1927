-- Grain: one row per subscription item and stretch of one price and quantity, with its end.
with versions as (

    select * from {{ ref('int_stripe_item_versions_merged') }}

),

items as (

    select * from {{ ref('stg_stripe__subscription_items') }}

),

subscriptions as (

    select * from {{ ref('int_stripe_subscriptions') }}

),

bounded_versions as (

    select
        versions.*,
        {{ reporting_date('items.created_at') }} as created_date,
        least(
            versions.start_date,
            coalesce({{ reporting_date('items.created_at') }}, versions.start_date)
        ) as created_date_or_start,
        subscriptions.created_date as subscription_created_date,
        subscriptions.service_start_date,
        -- a subscription has one currency, and what was charged says which
        coalesce(
            max(versions.currency) over (partition by versions.subscription_id),
            subscriptions.currency
        ) as charged_currency,
        lead(versions.start_date) over (
            partition by versions.subscription_item_id
            order by versions.version_number
        ) as next_start_date,
        coalesce(
            subscriptions.end_date,
            case
                when subscriptions.is_cancelled_at_period_end
                    then {{ reporting_date('items.current_period_ends_at') }}
            end
        ) as subscription_end_date,
        -- an item that is gone without a credit was paid for until then
        case
            when items.subscription_item_id is null then versions.invoiced_until_date
        end as gone_date
    from versions
    left join items
        on versions.subscription_item_id = items.subscription_item_id
    left join subscriptions
        on versions.subscription_id = subscriptions.subscription_id

),

final as (

    select
        subscription_item_id,
        version_number,
        subscription_id,
        price_id,
        quantity,
        charged_currency,
        is_invoiced_whole,
        invoiced_amount_minor,
        invoiced_net_amount_minor,
        source_table,
        source_row_id,
        load_id,
        -- before its first invoice an item had the price first invoiced; one that is there from the
        -- beginning begins with its subscription, whenever that was entered
        case
            when version_number > 1 then start_date
            when
                coalesce(created_date, start_date)
                <= {{ add_days('subscription_created_date', 1) }}
                then least(created_date_or_start, coalesce(service_start_date, start_date))
            else created_date_or_start
        end as start_date,
        -- a removal is a version of no length: the item stays in sight
        case
            when is_removal then start_date
            else
                nullif(
                    least(
                        coalesce(next_start_date, gone_date, cast('9999-12-31' as date)),
                        coalesce(subscription_end_date, cast('9999-12-31' as date))
                    ),
                    cast('9999-12-31' as date)
                )
        end as end_date
    from bounded_versions

)

select * from final

-- Grain: one row per subscription item and period of one price and quantity.
-- long because statements of one day are ranked, equal ones merged, and the periods then ended
{{ config(enabled='stripe' in billing_systems()) }}
{%- set all_of_it = 'cast(10000 as numeric(24, 6))' %}
{%- set in_order = 'over (partition by subscription_item_id order by stated_date nulls last)' %}
{%- set net_share = spread_signed(all_of_it, 'net_amount_minor', 'nullif(amount_minor, 0)') %}
with statements as (

    select
        *,
        -- charged and wholly credited, and no row says that the item is still there
        not is_proration
        and amount_minor > 0
        and sum(amount_minor) over (
            partition by subscription_item_id, stated_at, price_id, quantity
        ) <= 0
        and max(case when source_table = 'subscription_item' then 1 else 0 end) over (
            partition by subscription_item_id
        ) = 0 as is_paid_back
    from {{ ref('int_stripe_item_statements') }}

),

items as (

    select * from {{ ref('stg_stripe__subscription_items') }}
    where ended_at is null

),

-- the last statement of a day holds for it; of those made at one instant a charge outranks a credit
ranked_statements as (

    select
        *,
        case when not is_proration then {{ net_share }} end as net_share,
        row_number() over (
            partition by subscription_item_id, stated_date
            order by
                stated_at desc nulls last,
                case when is_removal then 1 when is_paid_back then 2 else 0 end asc,
                case when is_proration then 0 else 1 end asc,
                case when is_taken_back then 1 else 0 end asc,
                amount_minor desc nulls last,
                statement_id asc
        ) as last_first
    from statements

),

preceded_statements as (

    select
        *,
        lag(price_id) {{ in_order }} as price_id_before,
        lag(quantity) {{ in_order }} as quantity_before,
        lag(is_removal) {{ in_order }} as is_removal_before,
        lag(net_share) {{ in_order }} as net_share_before
    from ranked_statements
    where last_first = 1

),

compared_statements as (

    select
        *,
        case
            when
                coalesce(price_id, 'none') = coalesce(price_id_before, 'none')
                and quantity = quantity_before
                and is_removal = is_removal_before
                -- the tax inside the price changed; two per mille are rounding
                and coalesce((abs(net_share - net_share_before) - 20) * amount_minor <= 10000, true)
                then 0
            else 1
        end as starts_version
    from preceded_statements

),

numbered_statements as (

    select
        *,
        sum(starts_version) over (
            partition by subscription_item_id order by stated_date nulls last
            rows between unbounded preceding and current row
        ) as version_number
    from compared_statements

),

versions as (

    select
        subscription_item_id,
        cast(version_number as integer) as version_number,
        min(subscription_id) as subscription_id,
        price_id,
        quantity,
        is_removal,
        min(stated_date) as start_date,
        max(currency) as currency,
        max(case when is_whole_period then 1 else 0 end) = 1 as is_invoiced_whole,
        -- a regular line charges a whole period; a correction, or the first one, a part of one
        {%- for amount in ['amount_minor', 'net_amount_minor'] %}
        coalesce(
            max(case when is_whole_period then {{ amount }} end),
            max(case when not is_proration then {{ amount }} end)
        ) as invoiced_{{ amount }},
        {%- endfor %}
        max(invoiced_until_date) as invoiced_until_date,
        -- the source is the statement that began the version
        max(case when starts_version = 1 then source_table end) as source_table,
        max(case when starts_version = 1 then statement_id end) as source_row_id,
        max(case when starts_version = 1 then load_id end) as load_id
    from numbered_statements
    group by subscription_item_id, version_number, price_id, quantity, is_removal

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
        -- a subscription has one currency: the one charged
        coalesce(
            max(versions.currency) over (partition by versions.subscription_id),
            subscriptions.currency
        ) as charged_currency,
        lead(versions.start_date) over (
            partition by versions.subscription_item_id order by versions.version_number nulls last
        ) as next_start_date,
        subscriptions.end_date as subscription_end_date,
        -- an item deleted without a credit was paid for, or there, until then
        case when items.subscription_item_id is null then versions.invoiced_until_date end
            as deleted_date
    from versions
    left join items
        on versions.subscription_item_id = items.subscription_item_id
    left join {{ ref('int_stripe_subscriptions') }} as subscriptions
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
        -- at the price first invoiced; as old as its subscription, it is backdated with it
        case
            when version_number > 1 then start_date
            when
                coalesce(created_date, start_date)
                <= {{ add_days('subscription_created_date', 1) }}
                then least(created_date_or_start, coalesce(service_start_date, start_date))
            else created_date_or_start
        end as start_date,
        -- a removal is a version without length, so that the item is kept
        case
            when is_removal then start_date
            else
                nullif(
                    least(
                        coalesce(next_start_date, deleted_date, cast('9999-12-31' as date)),
                        coalesce(subscription_end_date, cast('9999-12-31' as date))
                    ),
                    cast('9999-12-31' as date)
                )
        end as end_date
    from bounded_versions

)

select * from final

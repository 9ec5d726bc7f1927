-- Grain: one row per statement of the price and quantity of a subscription item from a day on.
-- long because an item's row counts only where its invoices and those of its subscription agree
{{ config(enabled='stripe' in billing_systems()) }}
{%- set is_invoiced = 'coalesce(items.version_started_at, last_invoiced.last_stated_at)'
    ~ ' <= last_invoiced.last_stated_at' %}
with subscriptions as (

    select
        subscription_id,
        min(created_at) as created_at
    from {{ ref('stg_stripe__subscription_versions') }}
    group by subscription_id

),

-- an arrears charge belongs to an earlier period on the same invoice
charges as (

    select
        *,
        max(case when not is_proration then start_date end) over (partition by invoice_id)
            as invoice_start_date
    from {{ ref('int_stripe_invoice_charges') }}

),

prices as (

    select * from {{ ref('int_stripe_prices') }}

),

last_invoiced as (

    select
        subscription_item_id,
        min(subscription_id) as subscription_id,
        max(period_started_at) as last_stated_at,
        max(case when not is_credit then period_started_at end) as last_charged_at,
        max(case when not is_proration then period_ended_at end) as invoiced_until_at,
        max(case when not is_proration then invoice_start_date end) as last_listed_date,
        max(synced_at) as synced_at
    from charges
    group by subscription_item_id

),

latest as (

    select
        subscription_id,
        max(period_started_at) as started_at,
        max(case when is_cut_off then null else start_date end) as start_date
    from charges
    where not is_proration and amount_minor > 0
    group by subscription_id

),

-- the subscription is invoiced for later periods without the item
left_out as (

    select last_invoiced.*
    from last_invoiced
    inner join latest
        on last_invoiced.subscription_id = latest.subscription_id
    where
        latest.start_date > last_invoiced.last_listed_date
        and latest.start_date >= {{ reporting_date('last_invoiced.invoiced_until_at') }}
        and last_invoiced.last_stated_at < last_invoiced.invoiced_until_at
        and last_invoiced.last_charged_at >= last_invoiced.last_stated_at

),

-- what no invoice has, or is newer than the last, since it began; else the row since it was loaded
listed_items as (

    select
        items.subscription_item_id,
        items.subscription_id,
        items.price_id,
        items.quantity,
        coalesce(
            case when {{ is_invoiced }} then items.synced_at end,
            items.version_started_at, items.created_at, latest.started_at,
            subscriptions.created_at, items.synced_at
        ) as stated_at,
        items.subscription_item_id
        || coalesce('/' || cast(items.ended_at as {{ dbt.type_string() }}), '') as statement_id,
        items.ended_at as invoiced_until_at,
        items.synced_at
    from {{ ref('stg_stripe__subscription_items') }} as items
    left join subscriptions
        on items.subscription_id = subscriptions.subscription_id
    left join latest
        on items.subscription_id = latest.subscription_id
    left join last_invoiced
        on items.subscription_item_id = last_invoiced.subscription_item_id
    left join left_out
        on items.subscription_item_id = left_out.subscription_item_id
    left join prices
        on items.price_id = prices.price_id
    where
        last_invoiced.subscription_item_id is null
        or (
            items.synced_at >= last_invoiced.last_stated_at
            -- seats that the row does not have are those of the invoices
            and (items.quantity is not null or prices.charge_type = 'usage')
            and (items.ended_at is null or not {{ is_invoiced }})
            -- a credit without a later charge removes the item, whatever its row says
            and last_invoiced.last_charged_at >= last_invoiced.last_stated_at
            and left_out.subscription_item_id is null
        )

),

-- invoices are the only history of an item; a credit is outranked by a charge of the same instant
statements as (

    select
        subscription_item_id,
        subscription_id,
        price_id,
        quantity,
        currency,
        period_started_at as stated_at,
        period_ended_at as invoiced_until_at,
        amount_minor,
        net_amount_minor,
        is_proration,
        is_whole_period,
        is_credit as is_removal,
        'invoice_line_item' as source_table,
        charge_id as statement_id,
        synced_at
    from charges
    {%- for table in ['listed_items', 'left_out'] %}

    union all

    select
        subscription_item_id,
        subscription_id,
        {{ 'null' if table == 'left_out' else 'price_id' }} as price_id,
        {{ '0' if table == 'left_out' else 'quantity' }} as quantity,
        cast(null as {{ dbt.type_string() }}) as currency,
        {{ 'invoiced_until_at' if table == 'left_out' else 'stated_at' }} as stated_at,
        invoiced_until_at,
        cast(null as numeric(24, 6)) as amount_minor,
        cast(null as numeric(24, 6)) as net_amount_minor,
        {{ (table == 'left_out') | lower }} as is_proration,
        false as is_whole_period,
        {{ (table == 'left_out') | lower }} as is_removal,
        '{{ 'invoice_line_item' if table == 'left_out' else 'subscription_item' }}' as source_table,
        {{ "subscription_item_id || '/left_out' as " if table == 'left_out' }}statement_id,
        synced_at
    from {{ table }}
    {%- endfor %}

),

final as (

    select
        statements.subscription_item_id,
        statements.subscription_id,
        statements.price_id,
        -- metered usage is not an agreed quantity
        case when prices.charge_type = 'usage' then 0 else coalesce(statements.quantity, 1) end
            as quantity,
        statements.currency,
        statements.stated_at,
        coalesce({{ reporting_date('statements.stated_at') }}, {{ as_of_date() }}) as stated_date,
        {{ reporting_date('statements.invoiced_until_at') }} as invoiced_until_date,
        statements.amount_minor,
        statements.net_amount_minor,
        statements.is_proration,
        statements.is_whole_period,
        statements.is_removal,
        -- of two changes at one instant the second credits what the first charged
        max(case when statements.is_removal then 1 else 0 end) over (
            partition by
                statements.subscription_item_id, statements.stated_at, statements.price_id,
                statements.quantity
        ) = 1 as is_taken_back,
        statements.is_removal and statements.amount_minor is null as is_left_out,
        statements.source_table,
        statements.statement_id,
        cast(statements.synced_at as {{ dbt.type_string() }}) as load_id
    from statements
    left join prices
        on statements.price_id = prices.price_id

)

select * from final

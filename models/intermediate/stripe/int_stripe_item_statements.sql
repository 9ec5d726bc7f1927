-- Grain: one row per statement of the price and quantity of a subscription item from a day on.
-- long because the item as it stands counts only where its invoices say nothing else
with items as (

    select * from {{ ref('stg_stripe__subscription_items') }}
    where not is_deleted

),

charges as (

    select * from {{ ref('int_stripe_invoice_charges') }}

),

prices as (

    select * from {{ ref('int_stripe_prices') }}

),

-- what was invoiced for an item is the only history it leaves
invoiced as (

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
        -- a credit alone takes the item away; a credit with its counterpart is outranked by it
        is_credit as is_removal,
        'invoice_line_item' as source_table,
        charge_id as statement_id,
        synced_at
    from charges

),

left_out as (

    select * from {{ ref('int_stripe_items_left_out') }}

),

last_invoiced as (

    select
        subscription_item_id,
        max(stated_at) as last_stated_at,
        max(case when not is_removal then stated_at end) as last_charged_at
    from invoiced
    group by subscription_item_id

),

-- the item as it stands: since its creation if it was never invoiced, else since the loader saw it
standing as (

    select
        items.subscription_item_id,
        items.subscription_id,
        items.price_id,
        items.quantity,
        case
            when last_invoiced.subscription_item_id is null
                then coalesce(items.created_at, items.synced_at)
            else items.synced_at
        end as stated_at,
        items.synced_at
    from items
    left join last_invoiced
        on items.subscription_item_id = last_invoiced.subscription_item_id
    left join left_out
        on items.subscription_item_id = left_out.subscription_item_id
    where
        last_invoiced.subscription_item_id is null
        or (
            items.synced_at >= last_invoiced.last_stated_at
            -- after a credit that nothing followed the item is gone, whatever its row says
            and last_invoiced.last_charged_at >= last_invoiced.last_stated_at
            and left_out.subscription_item_id is null
        )

),

statements as (

    select * from invoiced
    union all

    select
        subscription_item_id,
        subscription_id,
        price_id,
        quantity,
        cast(null as {{ dbt.type_string() }}) as currency,
        stated_at,
        cast(null as {{ dbt.type_timestamp() }}) as invoiced_until_at,
        cast(null as numeric(24, 6)) as amount_minor,
        cast(null as numeric(24, 6)) as net_amount_minor,
        false as is_proration,
        false as is_whole_period,
        false as is_removal,
        'subscription_item' as source_table,
        subscription_item_id as statement_id,
        synced_at
    from standing
    union all
    select
        subscription_item_id,
        subscription_id,
        null as price_id,
        0 as quantity,
        cast(null as {{ dbt.type_string() }}) as currency,
        invoiced_until_at as stated_at,
        invoiced_until_at,
        cast(null as numeric(24, 6)) as amount_minor,
        cast(null as numeric(24, 6)) as net_amount_minor,
        true as is_proration,
        false as is_whole_period,
        true as is_removal,
        'invoice_line_item' as source_table,
        subscription_item_id || '/left_out' as statement_id,
        synced_at
    from left_out

),

final as (

    select
        statements.subscription_item_id,
        statements.subscription_id,
        statements.price_id,
        -- what a meter counted is not a quantity that was agreed
        case
            when prices.charge_type = 'usage' then 0 else coalesce(statements.quantity, 1)
        end as quantity,
        statements.currency,
        statements.stated_at,
        {{ reporting_date('statements.stated_at') }} as stated_date,
        {{ reporting_date('statements.invoiced_until_at') }} as invoiced_until_date,
        statements.amount_minor,
        statements.net_amount_minor,
        statements.is_proration,
        statements.is_whole_period,
        statements.is_removal,
        statements.source_table,
        statements.statement_id,
        cast(statements.synced_at as {{ dbt.type_string() }}) as load_id
    from statements
    left join prices
        on statements.price_id = prices.price_id

)

select * from final

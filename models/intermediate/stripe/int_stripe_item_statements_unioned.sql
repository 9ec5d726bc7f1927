-- Grain: one row per statement of the price and quantity of a subscription item from a day on.
-- long because the item as it stands speaks only where its invoices do not
with items as (

    select * from {{ ref('stg_stripe__subscription_items') }}

),

invoice_lines as (

    select * from {{ ref('stg_stripe__invoice_line_items') }}

),

invoices as (

    select * from {{ ref('stg_stripe__invoices') }}

),

prices as (

    select * from {{ ref('int_stripe_prices_unioned') }}

),

-- what was invoiced for an item is the only history it leaves; a void invoice says nothing
invoiced as (

    select
        invoice_lines.subscription_item_id,
        invoice_lines.subscription_id,
        invoice_lines.price_id,
        invoice_lines.quantity,
        invoice_lines.period_started_at as stated_at,
        invoice_lines.period_ended_at as invoiced_until_at,
        invoice_lines.amount_minor,
        invoice_lines.is_proration,
        -- a credit alone takes the item away; a credit with its counterpart is outranked by it
        invoice_lines.is_proration and invoice_lines.amount_minor < 0 as is_removal,
        'invoice_line_item' as source_table,
        invoice_lines.invoice_line_item_id as statement_id,
        invoice_lines.synced_at
    from invoice_lines
    left join invoices
        on invoice_lines.invoice_id = invoices.invoice_id
    where
        invoice_lines.subscription_item_id is not null
        and (
            coalesce(invoice_lines.line_type, 'subscription') = 'subscription'
            or invoice_lines.is_proration
        )
        and coalesce(invoices.status, 'none') <> 'void'
        and not coalesce(invoices.is_deleted, false)

),

last_invoiced as (

    select
        subscription_item_id,
        max(stated_at) as last_stated_at
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
        cast(null as {{ dbt.type_timestamp() }}) as invoiced_until_at,
        cast(null as numeric(24, 6)) as amount_minor,
        false as is_proration,
        false as is_removal,
        'subscription_item' as source_table,
        items.subscription_item_id as statement_id,
        items.synced_at
    from items
    left join last_invoiced
        on items.subscription_item_id = last_invoiced.subscription_item_id
    where
        last_invoiced.subscription_item_id is null
        or items.synced_at >= last_invoiced.last_stated_at

),

statements as (

    select * from invoiced
    union all
    select * from standing

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
        statements.stated_at,
        {{ reporting_date('statements.stated_at') }} as stated_date,
        {{ reporting_date('statements.invoiced_until_at') }} as invoiced_until_date,
        statements.amount_minor,
        statements.is_proration,
        statements.is_removal,
        statements.source_table,
        statements.statement_id,
        cast(statements.synced_at as {{ dbt.type_string() }}) as load_id
    from statements
    left join prices
        on statements.price_id = prices.price_id

)

select * from final

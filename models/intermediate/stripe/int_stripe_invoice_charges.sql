-- Grain: one row per invoice, subscription item, price and service period charged or credited: the
-- invoice lines of one item and period (tiers, flat fees) are one charge.
-- long because what a charge is without tax, and what its invoice took off, is settled here once
with invoice_lines as (

    select * from {{ ref('stg_stripe__invoice_line_items') }}

),

invoices as (

    select * from {{ ref('stg_stripe__invoices') }}

),

prices as (

    select * from {{ ref('int_stripe_prices_unioned') }}

),

-- a void invoice says nothing
charged_lines as (

    select
        invoice_lines.invoice_line_item_id,
        invoice_lines.invoice_id,
        invoice_lines.subscription_item_id,
        coalesce(invoice_lines.subscription_id, invoices.subscription_id) as subscription_id,
        invoice_lines.price_id,
        invoice_lines.quantity,
        invoice_lines.is_proration,
        invoice_lines.is_proration and invoice_lines.amount_minor < 0 as is_credit,
        invoice_lines.period_started_at,
        invoice_lines.period_ended_at,
        invoice_lines.synced_at,
        coalesce(invoice_lines.currency, invoices.currency) as currency,
        prices.period_months,
        -- two changes of one instant stay apart; the parts of a tiered price belong together
        case
            when invoice_lines.is_proration and prices.unit_amount_minor is not null
                then invoice_lines.invoice_line_item_id
        end as change_id,
        invoice_lines.amount_minor,
        prices.charge_type = 'usage'
        and coalesce(invoice_lines.quantity, 1) <> 0 as is_usage,
        coalesce(prices.is_tax_inclusive, false) as is_tax_inclusive,
        coalesce(
            invoice_lines.amount_excluding_tax_minor,
            case
                when not invoice_lines.is_proration
                    then
                        round(
                            invoice_lines.unit_amount_excluding_tax_minor
                            * greatest(coalesce(invoice_lines.quantity, 1), 1),
                            0
                        )
            end,
            -- tax inside the price is the same share of every line
            case
                when prices.is_tax_inclusive and invoices.tax_minor > 0 and invoices.total_minor > 0
                    then {{ spread_signed(
                        'invoice_lines.amount_minor', 'invoices.total_minor - invoices.tax_minor',
                        'invoices.total_minor'
                    ) }}
            end
        ) as net_amount_minor,
        invoices.created_at as invoiced_at,
        coalesce(invoices.status, 'paid') in ('open', 'paid', 'uncollectible') as is_charged,
        invoices.tax_minor,
        invoices.total_minor,
        invoices.subtotal_minor,
        invoices.total_excluding_tax_minor,
        invoices.subtotal_excluding_tax_minor
    from invoice_lines
    left join invoices
        on invoice_lines.invoice_id = invoices.invoice_id
    left join prices
        on invoice_lines.price_id = prices.price_id
    where
        invoice_lines.subscription_item_id is not null
        and (
            coalesce(invoice_lines.line_type, 'subscription') = 'subscription'
            or invoice_lines.is_proration
        )
        and coalesce(invoices.status, 'none') <> 'void'
        and not coalesce(invoices.is_deleted, false)

),

-- an amount per unit without tax is rounded; what is more than that apart is tax inside the price
netted_lines as (

    select
        *,
        case
            when net_amount_minor is null then amount_minor
            when is_tax_inclusive then net_amount_minor
            when
                abs(amount_minor - net_amount_minor)
                <= 0.5 + 0.5 * greatest(coalesce(quantity, 1), 1)
                then amount_minor
            else net_amount_minor
        end as amount_without_tax_minor
    from charged_lines

),

taxed_lines as (

    select
        *,
        max(case when amount_without_tax_minor <> amount_minor then 1 else 0 end) over (
            partition by invoice_id
        ) as has_tax_inside
    from netted_lines

),

charges as (

    select
        min(invoice_line_item_id) as charge_id,
        invoice_id,
        subscription_item_id,
        min(subscription_id) as subscription_id,
        price_id,
        -- seats are the sum of the lines; a flat fee beside them has none
        coalesce(sum(quantity), 1) as quantity,
        max(currency) as currency,
        is_proration,
        is_credit,
        period_started_at,
        period_ended_at,
        max(synced_at) as synced_at,
        max(period_months) as period_months,
        -- of a metered price the committed minimum has no units; its usage is not contracted
        sum(case when is_usage then 0 else amount_minor end) as amount_minor,
        sum(case when is_usage then 0 else amount_without_tax_minor end) as net_amount_minor,
        max(invoiced_at) as invoiced_at,
        max(case when is_charged then 1 else 0 end) = 1 as is_charged,
        max(
            coalesce(subtotal_excluding_tax_minor, subtotal_minor)
        ) as invoice_subtotal_minor,
        max(
            case
                when subtotal_excluding_tax_minor is not null
                    then subtotal_excluding_tax_minor - total_excluding_tax_minor
                when has_tax_inside = 1 or is_tax_inclusive then subtotal_minor - total_minor
                else subtotal_minor + coalesce(tax_minor, 0) - total_minor
            end
        ) as invoice_deduction_minor
    from taxed_lines
    group by
        invoice_id,
        subscription_item_id,
        price_id,
        is_proration,
        is_credit,
        period_started_at,
        period_ended_at,
        change_id

),

final as (

    select
        charge_id,
        invoice_id,
        subscription_item_id,
        subscription_id,
        price_id,
        quantity,
        currency,
        is_proration,
        is_credit,
        period_started_at,
        period_ended_at,
        {{ reporting_date('period_started_at') }} as start_date,
        {{ reporting_date('period_ended_at') }} as end_date,
        -- a day of tolerance for the hour in which clocks change
        not is_proration
        and {{ add_months(reporting_date('period_started_at'), 'coalesce(period_months, 0)') }}
        <= {{ add_days(reporting_date('period_ended_at'), 1) }} as is_whole_period,
        synced_at,
        cast(amount_minor as numeric(24, 6)) as amount_minor,
        cast(net_amount_minor as numeric(24, 6)) as net_amount_minor,
        invoiced_at,
        is_charged,
        invoice_subtotal_minor,
        invoice_deduction_minor
    from charges

)

select * from final

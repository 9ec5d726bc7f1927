-- Grain: one row per invoice line of Stripe in live mode or of an invoice that never landed: what
-- it charges for, without tax.
-- long because what a line is, and which part of it is tax, is settled here once
{{ config(enabled='stripe' in billing_systems()) }}
{%- set differs = "not invoice_lines.is_proration and prices.charge_type = 'recurring' and abs("
    ~ "prices.unit_amount_minor * coalesce(invoice_lines.quantity, 1) - invoice_lines.amount_minor"
    ~ ") >= 1" %}
with prices as (

    select * from {{ ref('int_stripe_prices') }}

),

-- newer API versions keep the price of a line apart: it is that of its item, if the amount agrees,
-- and of a correction if those of later whole periods do
priced_lines as (

    select
        invoice_lines.*,
        case
            when invoice_lines.price_id is not null then invoice_lines.price_id
            when
                not coalesce({{ differs }}, false)
                and (
                    not invoice_lines.is_proration
                    or coalesce(invoice_lines.period_started_at > max(
                        case when {{ differs }} then invoice_lines.period_started_at end
                    ) over (partition by invoice_lines.subscription_item_id), true)
                )
                then items.price_id
        end as charged_price_id
    from {{ ref('stg_stripe__invoice_line_items') }} as invoice_lines
    left join {{ ref('stg_stripe__subscription_items') }} as items
        on
            case when invoice_lines.price_id is null then invoice_lines.subscription_item_id end
            = items.subscription_item_id
            and items.ended_at is null
    left join prices
        on items.price_id = prices.price_id

),

joined as (

    select
        invoice_lines.*,
        coalesce(
            invoice_lines.subscription_id, invoices.subscription_id
        ) as charged_subscription_id,
        coalesce(invoice_lines.currency, invoices.currency) as charged_currency,
        coalesce(prices.charge_type, 'recurring') as price_charge_type,
        coalesce(prices.is_tax_inclusive, false) as is_tax_inclusive,
        prices.unit_amount_minor is not null as is_priced_by_unit,
        coalesce(prices.tiers_mode = 'volume', false) as is_priced_by_volume,
        prices.period_months,
        invoices.invoice_id is null or coalesce(
            invoices.status, 'paid'
        ) in ('open', 'paid', 'uncollectible') and not invoices.is_deleted as is_charged,
        coalesce(invoices.status, 'paid') = 'uncollectible' as is_written_off,
        coalesce(invoices.status, 'none') = 'void'
        or coalesce(invoices.is_deleted, false) as is_void,
        invoices.created_at as invoiced_at,
        invoices.tax_minor,
        invoices.total_minor,
        invoices.subtotal_minor,
        invoices.total_excluding_tax_minor,
        invoices.subtotal_excluding_tax_minor,
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
            -- without it, tax inside the price is the same share of every line
            case
                when
                    prices.is_tax_inclusive
                    and (
                        (invoices.tax_minor > 0 and invoices.total_minor > 0)
                        or (invoices.tax_minor < 0 and invoices.total_minor < 0)
                    )
                    then {{ spread_signed(
                        'invoice_lines.amount_minor',
                        'abs(invoices.total_minor - invoices.tax_minor)', 'abs(invoices.total_minor)'
                    ) }}
                -- or inside by its rate, where the invoice has less without tax and none on top
                when
                    invoices.subtotal_excluding_tax_minor between 1 and invoices.subtotal_minor - 1
                    and invoices.total_minor <= invoices.subtotal_minor
                    then {{ spread_signed(
                        'invoice_lines.amount_minor', 'invoices.subtotal_excluding_tax_minor',
                        'invoices.subtotal_minor'
                    ) }}
            end,
            invoice_lines.amount_minor
        ) as stated_net_amount_minor
    from priced_lines as invoice_lines
    left join {{ ref('stg_stripe__invoices') }} as invoices
        on invoice_lines.invoice_id = invoices.invoice_id
    left join prices
        on invoice_lines.charged_price_id = prices.price_id
    where coalesce(invoices.is_live_mode, true)

),

-- an amount per unit without tax is rounded; what is further apart is tax inside the price, unless
-- it is more without tax than with it: an amount that was set by hand
netted as (

    select
        *,
        case
            when is_tax_inclusive then stated_net_amount_minor
            when
                abs(amount_minor - stated_net_amount_minor)
                <= 0.5 + 0.5 * greatest(coalesce(quantity, 1), 1)
                or abs(stated_net_amount_minor) > abs(amount_minor)
                then amount_minor
            else stated_net_amount_minor
        end as net_amount_minor
    from joined

),

taxed as (

    select
        *,
        max(case when net_amount_minor <> amount_minor then 1 else 0 end) over (
            partition by invoice_id
        ) as has_tax_inside,
        sum(net_amount_minor) over (partition by invoice_id) as net_lines_minor
    from netted

),

final as (

    select
        invoice_line_item_id,
        invoice_id,
        subscription_item_id,
        charged_subscription_id as subscription_id,
        charged_price_id as price_id,
        line_type,
        case
            when is_proration then 'proration'
            -- the committed minimum of a metered price has no units
            when price_charge_type = 'usage' and not (quantity = 0 and amount_minor > 0)
                then 'usage'
            when coalesce(line_type, 'subscription') = 'subscription'
                and price_charge_type in ('recurring', 'usage')
                then 'recurring'
            when amount_minor < 0 then 'credit'
            else 'one_time'
        end as amount_kind,
        price_charge_type = 'recurring' and is_priced_by_unit as is_priced_by_unit,
        is_priced_by_volume,
        period_months,
        is_proration,
        is_charged,
        is_written_off,
        is_void,
        charged_currency as currency,
        quantity,
        amount_minor,
        cast(net_amount_minor as numeric(24, 6)) as net_amount_minor,
        -- in the terms of the subtotal below
        cast(case
            when subtotal_excluding_tax_minor is not null then net_amount_minor
            else amount_minor
        end as numeric(24, 6)) as deductible_amount_minor,
        period_started_at,
        period_ended_at,
        {{ reporting_date('period_started_at') }} as service_start_date,
        {{ reporting_date('period_ended_at') }} as service_end_date,
        invoiced_at,
        synced_at,
        coalesce(subtotal_excluding_tax_minor, subtotal_minor) as invoice_subtotal_minor,
        cast(case
            when subtotal_excluding_tax_minor is not null
                then subtotal_excluding_tax_minor - total_excluding_tax_minor
            when has_tax_inside = 1 then subtotal_minor - total_minor
            else subtotal_minor + coalesce(tax_minor, 0) - total_minor
        end as numeric(24, 6)) as invoice_deduction_minor,
        -- what the lines come to without tax; where tax is on top that is what the invoice says
        cast(case
            when has_tax_inside = 1 then net_lines_minor
            else subtotal_minor
        end as numeric(24, 6)) as invoice_net_subtotal_minor
    from taxed

)

select * from final

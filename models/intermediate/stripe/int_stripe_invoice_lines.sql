-- Grain: one row per invoice line of Stripe, test data aside: what it charges for, without tax.
-- long because what a line is, and which part of it is tax, is settled here once
{{ config(enabled='stripe' in billing_systems()) }}
{%- set paid = 'lines.amount_minor' %}
{%- set unnamed = 'case when lines.subscription_item_id is null and (lines.is_proration or'
    ~ " coalesce(lines.line_type = 'subscription', lines.price_id is not null))"
    ~ ' then coalesce(lines.subscription_id, invoices.subscription_id) end' %}
{%- set item = 'coalesce(lines.subscription_item_id, priced_items.subscription_item_id,'
    ~ ' only_items.subscription_item_id, case when listed.subscription_id is null then '
    ~ unnamed ~ " || coalesce('/' || lines.price_id, '') end)" %}
{%- set is_whole = 'not lines.is_proration and coalesce('
    ~ add_months(reporting_date('lines.period_started_at'), 'prices.period_months') ~ ' <= '
    ~ add_days(reporting_date('lines.period_ended_at'), 1) ~ ', true)' %}
{%- set differs = is_whole ~ " and prices.charge_type = 'recurring' and abs("
    ~ 'prices.unit_amount_minor * coalesce(lines.quantity, 1) - lines.amount_minor) >= 1' %}
{%- set has_tax_inside %}max(case when net_amount_minor <> amount_minor then 1 else 0 end)
                over (partition by invoice_id) = 1{% endset %}
with items as (

    select
        *,
        count(*) over (partition by subscription_id) as items_of_subscription,
        count(*) over (partition by subscription_id, price_id) as items_of_price
    from {{ ref('stg_stripe__subscription_items') }}
    where ended_at is null

),

listed as (

    select distinct subscription_id from {{ ref('stg_stripe__subscription_items') }}

),

-- without an item it is of the only one of subscription or price; without a price, of its item's
named_lines as (

    select
        lines.*,
        {{ item }} as charged_item_id,
        greatest(coalesce(lines.quantity, 1), 1) as units,
        case
            when lines.price_id is not null then lines.price_id
            when
                not coalesce({{ differs }}, false)
                and (
                    {{ is_whole }}
                    or coalesce(lines.period_started_at > max(
                        case when {{ differs }} then lines.period_started_at end
                    ) over (partition by {{ item }}), true)
                )
                then prices.price_id
        end as charged_price_id,
        coalesce(lines.subscription_id, invoices.subscription_id, items.subscription_id)
            as charged_subscription_id,
        coalesce(lines.currency, invoices.currency) as charged_currency,
        coalesce(invoices.status, 'paid') in ('open', 'paid', 'uncollectible')
        and not coalesce(invoices.is_deleted, false) as is_charged,
        coalesce(invoices.status = 'uncollectible', false) as is_written_off,
        coalesce(invoices.status = 'void' or invoices.is_deleted, false) as is_void,
        invoices.created_at as invoiced_at,
        invoices.tax_minor,
        invoices.total_minor,
        invoices.subtotal_minor,
        invoices.total_excluding_tax_minor,
        invoices.subtotal_excluding_tax_minor
    from {{ ref('stg_stripe__invoice_line_items') }} as lines
    left join {{ ref('stg_stripe__invoices') }} as invoices
        on lines.invoice_id = invoices.invoice_id
    left join items
        on lines.subscription_item_id = items.subscription_item_id
    left join items as priced_items
        on
            {{ unnamed }}
            = case when priced_items.items_of_price = 1 then priced_items.subscription_id end
            and lines.price_id = priced_items.price_id
    left join items as only_items
        on
            {{ unnamed }}
            = case when only_items.items_of_subscription = 1 then only_items.subscription_id end
    left join listed
        on {{ unnamed }} = listed.subscription_id
    left join {{ ref('int_stripe_prices') }} as prices
        on
            case when lines.price_id is null then coalesce(items.price_id, only_items.price_id) end
            = prices.price_id
    where coalesce(invoices.is_live_mode, true) and lines.amount_minor is not null

),

priced_lines as (

    select
        lines.*,
        coalesce(prices.charge_type, 'recurring') as price_charge_type,
        coalesce(prices.is_tax_inclusive, false) as is_tax_inclusive,
        prices.unit_amount_minor is not null as is_priced_by_unit,
        coalesce(prices.tiers_mode = 'volume', false) as is_priced_by_volume,
        prices.period_months,
        prices.currency as price_currency,
        coalesce(
            lines.amount_excluding_tax_minor,
            round(lines.units * case
                when not lines.is_proration then lines.unit_amount_excluding_tax_minor
            end, 0),
            -- without it, tax inside the price is the same share of every line
            case
                when prices.is_tax_inclusive and sign(lines.tax_minor) * sign(lines.total_minor) = 1
                    then {{ spread_signed(
                        paid, 'abs(lines.total_minor - lines.tax_minor)', 'abs(lines.total_minor)'
                    ) }}
                -- or inside by its rate, where the invoice has less without tax and none on top
                when
                    lines.subtotal_excluding_tax_minor between 1 and lines.subtotal_minor - 1
                    and lines.total_minor <= lines.subtotal_minor
                    then {{ spread_signed(paid, 'subtotal_excluding_tax_minor', 'subtotal_minor') }}
            end,
            lines.amount_minor
        ) as stated_net_amount_minor
    from named_lines as lines
    left join {{ ref('int_stripe_prices') }} as prices
        on lines.charged_price_id = prices.price_id

),

-- an amount without tax by unit is rounded; what is further below is tax, what is above set by hand
netted as (

    select
        *,
        case
            when is_tax_inclusive then stated_net_amount_minor
            when
                abs(amount_minor - stated_net_amount_minor) <= 0.5 + 0.5 * units
                or abs(stated_net_amount_minor) > abs(amount_minor)
                then amount_minor
            else stated_net_amount_minor
        end as net_amount_minor
    from priced_lines

),

final as (

    select
        invoice_line_item_id,
        invoice_id,
        charged_item_id as subscription_item_id,
        charged_subscription_id as subscription_id,
        charged_price_id as price_id,
        line_type,
        case
            when is_proration then 'proration'
            -- the committed minimum of a metered price has no units, and its tiers say it
            when price_charge_type = 'usage'
                and (amount_minor <= 0 or coalesce(quantity <> 0, is_priced_by_unit))
                then 'usage'
            when coalesce(line_type, '') <> 'invoiceitem' and price_charge_type <> 'one_time'
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
        coalesce(charged_currency, price_currency) as currency,
        quantity,
        amount_minor,
        cast(net_amount_minor as numeric(24, 6)) as net_amount_minor,
        cast(case
            when subtotal_excluding_tax_minor is not null then net_amount_minor
            else amount_minor
        end as numeric(24, 6)) as deductible_amount_minor,
        sum(amount_minor) over (partition by invoice_id) < subtotal_minor as is_cut_off,
        period_started_at,
        period_ended_at,
        {{ reporting_date('period_started_at') }} as service_start_date,
        {{ reporting_date('period_ended_at') }} as service_end_date,
        invoiced_at,
        synced_at,
        coalesce(subtotal_excluding_tax_minor, subtotal_minor) as invoice_subtotal_minor,
        cast(coalesce(
            subtotal_excluding_tax_minor - total_excluding_tax_minor,
            subtotal_minor - total_minor
            + case when {{ has_tax_inside }} then 0 else coalesce(tax_minor, 0) end
        ) as numeric(24, 6)) as invoice_deduction_minor,
        -- what the lines come to without tax; where tax is on top that is what the invoice says
        cast(case
            when {{ has_tax_inside }} then sum(net_amount_minor) over (partition by invoice_id)
            else subtotal_minor
        end as numeric(24, 6)) as invoice_net_subtotal_minor
    from netted

)

select * from final

-- Grain: one row per invoice, subscription item, price and service period charged or credited: the
-- invoice lines of one item and period (tiers, flat fees) are one charge.
{{ config(enabled='stripe' in billing_systems()) }}
with lines as (

    -- a void invoice says nothing
    select * from {{ ref('int_stripe_invoice_lines') }}
    where
        subscription_item_id is not null
        and (coalesce(line_type, 'subscription') = 'subscription' or is_proration)
        and not is_void

),

charges as (

    select
        min(invoice_line_item_id) as charge_id,
        invoice_id,
        subscription_item_id,
        min(subscription_id) as subscription_id,
        price_id,
        -- seats are the sum of the lines; a flat fee beside them has none
        cast(coalesce(sum(quantity), 1) as bigint) as quantity,
        max(currency) as currency,
        is_proration,
        is_proration and amount_minor < 0 as is_credit,
        period_started_at,
        period_ended_at,
        service_start_date,
        service_end_date,
        max(synced_at) as synced_at,
        max(period_months) as period_months,
        -- usage is not contracted
        sum(case when amount_kind = 'usage' then 0 else amount_minor end) as amount_minor,
        sum(case when amount_kind = 'usage' then 0 else net_amount_minor end) as net_amount_minor,
        sum(deductible_amount_minor) as deductible_amount_minor,
        max(invoiced_at) as invoiced_at,
        max(case when is_charged then 1 else 0 end) = 1 as is_charged,
        max(invoice_subtotal_minor) as invoice_subtotal_minor,
        max(invoice_deduction_minor) as invoice_deduction_minor
    from lines
    group by
        invoice_id,
        subscription_item_id,
        price_id,
        is_proration,
        is_proration and amount_minor < 0,
        period_started_at,
        period_ended_at,
        service_start_date,
        service_end_date,
        -- two changes of one instant stay apart; the parts of a tiered price belong together
        case when is_proration and is_priced_by_unit then invoice_line_item_id end

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
        service_start_date as start_date,
        service_end_date as end_date,
        -- a day of tolerance for the hour in which clocks change, and three for short months
        not is_proration
        and {{ add_months('service_start_date', 'coalesce(period_months, 0)') }}
        <= {{ add_days('service_end_date', 1) }}
        and (
            period_months is null
            or {{ add_months('service_start_date', 'period_months') }}
            >= {{ add_days('service_end_date', -4) }}
        ) as is_whole_period,
        synced_at,
        cast(amount_minor as numeric(24, 6)) as amount_minor,
        cast(net_amount_minor as numeric(24, 6)) as net_amount_minor,
        cast(deductible_amount_minor as numeric(24, 6)) as deductible_amount_minor,
        invoiced_at,
        is_charged,
        invoice_subtotal_minor,
        invoice_deduction_minor
    from charges

)

select * from final

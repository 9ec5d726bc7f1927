-- Grain: one row per service period of a discounted subscription of Stripe and part of it in which
-- no discount and no billing period begins or ends, with its invoice.
-- long because periods are cut by items, discounts and invoices of the whole subscription
{{ config(enabled='stripe' in billing_systems()) }}
with lines as (

    select * from {{ ref('int_stripe_item_service_periods') }}
    where not is_in_trial

),

discounts as (

    select * from {{ ref('int_stripe_discount_periods') }}

),

charges_and_corrections as (

    select
        *,
        -- a change inside a period has the discounts of the day on which it is invoiced
        case
            when is_proration then coalesce({{ reporting_date('invoiced_at') }}, start_date)
            else start_date
        end as billed_date,
        cast(
            sum(deductible_amount_minor) over (
                partition by invoice_id, subscription_item_id
            ) as numeric(24, 6)
        ) as item_amount_minor,
        cast(
            sum(case when amount_minor > 0 then deductible_amount_minor else 0 end) over (
                partition by invoice_id, subscription_item_id
            ) as numeric(24, 6)
        ) as item_charges_minor,
        row_number() over (
            partition by invoice_id, subscription_item_id
            order by
                case when amount_minor > 0 then 0 else 1 end,
                case when is_proration then 1 else 0 end,
                start_date desc nulls last,
                charge_id asc nulls last
        ) as charge_of_item,
        max(case when amount_minor > 0 and not is_proration then 1 else 0 end) over (
            partition by invoice_id
        ) as has_regular_charge
    from {{ ref('int_stripe_invoice_charges') }}
    where is_charged

),

charges as (

    select
        *,
        -- the amount of an item stands with its regular charge; without one, with its last change
        not is_proration or charge_of_item = 1 as has_item_amount,
        case
            when has_regular_charge = 0 and invoice_deduction_minor > 0 then invoice_id
        end as correction_invoice_id,
        -- by default corrections are charged less their discounts, which no total then has
        case
            when has_regular_charge = 0 and invoice_deduction_minor = 0 then net_amount_minor
        end as correction_amount_minor,
        {{ spread_signed('term_amount_minor', 'net_amount_minor', 'nullif(amount_minor, 0)') }}
            as correction_term_amount_minor
    from charges_and_corrections
    where amount_minor > 0

),

discounted_subscriptions as (

    select subscription_id from discounts
    union distinct
    select subscription_id from charges
    where invoice_deduction_minor > 0

),

cut_dates as (
    {%- for table in ['lines', 'discounts', 'charges'] %}
    {%- for column in ['start_date', 'end_date'] %}

    select
        subscription_id,
        {{ column }} as cut_date
    from {{ table }}
    {% if not (loop.last and table == 'charges') %}
    union distinct
    {%- endif %}
    {%- endfor %}
    {%- endfor %}

),

-- the start of a line is one of its cut dates
period_starts as (

    select distinct
        lines.line_key,
        cut_dates.cut_date as start_date
    from lines
    inner join discounted_subscriptions
        on lines.subscription_id = discounted_subscriptions.subscription_id
    inner join cut_dates
        on
            lines.subscription_id = cut_dates.subscription_id
            and lines.start_date <= cut_dates.cut_date
            and coalesce(lines.end_date, cast('9999-12-31' as date)) > cut_dates.cut_date

),

periods as (

    select
        lines.line_key,
        lines.subscription_item_id,
        lines.version_start_date,
        lines.subscription_id,
        period_starts.start_date,
        coalesce(
            lead(period_starts.start_date) over (
                partition by period_starts.line_key
                order by period_starts.start_date nulls last
            ),
            lines.end_date
        ) as end_date
    from period_starts
    inner join lines
        on period_starts.line_key = lines.line_key

),

-- where a billing period was begun anew inside another one, or an item changed, the later counts
invoiced_periods as (

    select
        periods.*,
        charges.charge_id,
        charges.invoice_id,
        charges.correction_invoice_id,
        charges.billed_date,
        case when charges.has_item_amount then charges.item_amount_minor end as item_amount_minor,
        case when charges.has_item_amount then charges.item_charges_minor end as item_charges_minor,
        charges.invoice_subtotal_minor,
        charges.invoice_deduction_minor,
        charges.correction_amount_minor,
        charges.correction_term_amount_minor,
        row_number() over (
            partition by periods.line_key, periods.start_date
            order by
                charges.start_date desc nulls last,
                charges.invoiced_at desc nulls last,
                charges.charge_id asc nulls last
        ) as newest_first
    from periods
    left join charges
        on
            periods.subscription_item_id = charges.subscription_item_id
            and periods.start_date >= charges.start_date
            and periods.start_date < charges.end_date

),

final as (

    select
        line_key,
        subscription_item_id,
        version_start_date,
        subscription_id,
        start_date,
        end_date,
        charge_id,
        invoice_id,
        correction_invoice_id,
        billed_date,
        item_amount_minor,
        item_charges_minor,
        invoice_subtotal_minor,
        invoice_deduction_minor,
        correction_amount_minor,
        correction_term_amount_minor
    from invoiced_periods
    where newest_first = 1

)

select * from final

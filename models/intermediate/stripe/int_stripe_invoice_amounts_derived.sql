-- Grain: one row per amount of an invoice of Stripe: a line, the discounts of an invoice or its
-- tax.
-- long because what a line is, and what stands on the invoice alone, is told in one place
with invoice_lines as (

    select * from {{ ref('stg_stripe__invoice_line_items') }}

),

invoices as (

    select * from {{ ref('stg_stripe__invoices') }}

),

prices as (

    select * from {{ ref('int_stripe_prices_unioned') }}

),

currency_exponents as (

    select * from {{ ref('stripe_currency_exponents') }}

),

live_invoices as (

    select
        invoices.*,
        {{ reporting_date('invoices.created_at') }} as invoice_date,
        coalesce(invoices.status, 'paid') in ('open', 'paid', 'uncollectible')
        and not invoices.is_deleted as is_charged,
        {{ minor_unit('currency_exponents.minor_unit_exponent') }} as minor_unit
    from invoices
    left join currency_exponents
        on invoices.currency = currency_exponents.currency
    where invoices.is_live_mode

),

lines as (

    select
        invoice_lines.invoice_line_item_id as invoice_amount_id,
        invoice_lines.invoice_id,
        coalesce(invoice_lines.subscription_id, live_invoices.subscription_id) as subscription_id,
        case
            when invoice_lines.is_proration then 'proration'
            when prices.charge_type = 'usage' then 'usage'
            when coalesce(invoice_lines.line_type, 'subscription') = 'subscription'
                and coalesce(prices.charge_type, 'recurring') = 'recurring'
                then 'recurring'
            when invoice_lines.amount_minor < 0 then 'credit'
            else 'one_time'
        end as amount_kind,
        {{ reporting_date('invoice_lines.period_started_at') }} as service_start_date,
        {{ reporting_date('invoice_lines.period_ended_at') }} as service_end_date,
        invoice_lines.amount_minor
    from invoice_lines
    inner join live_invoices
        on invoice_lines.invoice_id = live_invoices.invoice_id
    left join prices
        on invoice_lines.price_id = prices.price_id

),

-- a discount is taken off what the invoice charges for a period
invoice_periods as (

    select
        invoice_id,
        min(service_start_date) as service_start_date,
        max(service_end_date) as service_end_date
    from lines
    group by invoice_id

),

amounts as (

    select
        invoice_amount_id,
        invoice_id,
        subscription_id,
        amount_kind,
        service_start_date,
        service_end_date,
        amount_minor
    from lines
    {%- for kind, amount in [
        ('discount', 'total_minor - coalesce(tax_minor, 0) - subtotal_minor'), ('tax', 'tax_minor')
    ] %}

    union all

    select
        live_invoices.invoice_id || '/{{ kind }}' as invoice_amount_id,
        live_invoices.invoice_id,
        live_invoices.subscription_id,
        '{{ kind }}' as amount_kind,
        invoice_periods.service_start_date,
        invoice_periods.service_end_date,
        {{ amount }} as amount_minor
    from live_invoices
    left join invoice_periods
        on live_invoices.invoice_id = invoice_periods.invoice_id
    {%- endfor %}

),

final as (

    select
        amounts.invoice_amount_id,
        amounts.invoice_id,
        coalesce(live_invoices.customer_id, 'unknown') as customer_id,
        coalesce(amounts.subscription_id, 'unknown') as subscription_id,
        amounts.amount_kind,
        live_invoices.is_charged,
        coalesce(live_invoices.currency, 'XXX') as currency,
        coalesce(amounts.service_start_date, live_invoices.invoice_date) as service_start_date,
        coalesce(amounts.service_end_date, live_invoices.invoice_date) as service_end_date,
        cast(
            amounts.amount_minor * live_invoices.minor_unit as {{ type_amount() }}
        ) as amount_in_currency
    from amounts
    inner join live_invoices
        on amounts.invoice_id = live_invoices.invoice_id
    where amounts.amount_minor <> 0

)

select * from final

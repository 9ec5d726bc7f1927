-- Grain: one row per amount of an invoice of Stripe: a line without tax, the discounts of an
-- invoice by kind, or its tax.
-- long because a discount is taken off periods of several lengths
{{ config(enabled='stripe' in billing_systems()) }}
with lines as (

    select * from {{ ref('int_stripe_invoice_lines') }}

),

invoices as (

    select * from {{ ref('stg_stripe__invoices') }}
    where is_live_mode

),

discounts_once as (

    select * from {{ ref('int_stripe_one_time_discounts') }}

),

currency_exponents as (

    select * from {{ ref('stripe_currency_exponents') }}

),

invoice_periods as (

    select
        invoice_id,
        min(service_start_date) as service_start_date,
        max(service_end_date) as service_end_date,
        max(invoice_net_subtotal_minor) as net_subtotal_minor
    from lines
    group by invoice_id

),

-- a discount is taken off the periods that an invoice charges for, each as much as it is charged
charged_periods as (

    select
        invoice_id,
        service_start_date,
        service_end_date,
        sum(net_amount_minor) as period_minor
    from lines
    where
        amount_kind = 'recurring'
        and net_amount_minor > 0
    group by invoice_id, service_start_date, service_end_date

),

numbered_periods as (

    select
        *,
        row_number() over (
            partition by invoice_id
            order by service_start_date nulls last, service_end_date nulls last
        ) as period_number,
        sum(period_minor) over (
            partition by invoice_id
            order by service_start_date nulls last, service_end_date nulls last
            rows between unbounded preceding and current row
        ) as running_minor,
        sum(period_minor) over (partition by invoice_id) as total_minor
    from charged_periods

),

invoice_facts as (

    select
        invoices.*,
        {{ reporting_date('invoices.created_at') }} as invoice_date,
        coalesce(invoices.status, 'paid') in ('open', 'paid', 'uncollectible')
        and not invoices.is_deleted as is_charged,
        {{ minor_unit('currency_exponents.minor_unit_exponent') }} as minor_unit,
        invoice_periods.service_start_date as invoice_start_date,
        invoice_periods.service_end_date as invoice_end_date,
        invoices.total_minor - coalesce(invoices.tax_minor, 0)
        - coalesce(invoice_periods.net_subtotal_minor, invoices.subtotal_minor) as discount_minor,
        coalesce(discounts_once.deduction_minor, 0) as once_minor
    from invoices
    left join invoice_periods
        on invoices.invoice_id = invoice_periods.invoice_id
    left join discounts_once
        on invoices.invoice_id = discounts_once.invoice_id
    left join currency_exponents
        on invoices.currency = currency_exponents.currency

),

deductions as (

    select
        *,
        discount_minor + least(once_minor, greatest(-discount_minor, 0)) as recurring_minor,
        -least(once_minor, greatest(-discount_minor, 0)) as one_off_minor
    from invoice_facts

),

amounts as (

    select
        invoice_line_item_id as invoice_amount_id,
        invoice_id,
        subscription_id,
        amount_kind,
        currency,
        service_start_date,
        service_end_date,
        net_amount_minor as amount_minor
    from lines

    union all

    select
        invoice_id || '/tax' as invoice_amount_id,
        invoice_id,
        subscription_id,
        'tax' as amount_kind,
        currency,
        invoice_start_date as service_start_date,
        invoice_end_date as service_end_date,
        tax_minor as amount_minor
    from invoice_facts
    {%- for kind, taken in {
        'discount': 'deductions.recurring_minor', 'one_off_discount': 'deductions.one_off_minor'
    }.items() %}
    {%- set before = 'numbered_periods.running_minor - numbered_periods.period_minor' %}

    union all

    select
        deductions.invoice_id || '/{{ kind }}' || case
            when coalesce(numbered_periods.period_number, 1) = 1 then ''
            else '/' || cast(numbered_periods.period_number as {{ dbt.type_string() }})
        end as invoice_amount_id,
        deductions.invoice_id,
        deductions.subscription_id,
        '{{ kind }}' as amount_kind,
        deductions.currency,
        coalesce(
            numbered_periods.service_start_date, deductions.invoice_start_date
        ) as service_start_date,
        coalesce(
            numbered_periods.service_end_date, deductions.invoice_end_date
        ) as service_end_date,
        case
            when numbered_periods.invoice_id is null then {{ taken }}
            else
                {{ spread_signed(
                    taken, 'numbered_periods.running_minor', 'numbered_periods.total_minor'
                ) }}
                - {{ spread_signed(taken, before, 'numbered_periods.total_minor') }}
        end as amount_minor
    from deductions
    left join numbered_periods
        on deductions.invoice_id = numbered_periods.invoice_id
    {%- endfor %}

),

final as (

    select
        amounts.invoice_amount_id,
        amounts.invoice_id,
        coalesce(invoice_facts.customer_id, 'unknown') as customer_id,
        coalesce(amounts.subscription_id, 'unknown') as subscription_id,
        amounts.amount_kind,
        invoice_facts.is_charged,
        coalesce(amounts.currency, 'XXX') as currency,
        coalesce(amounts.service_start_date, invoice_facts.invoice_date) as service_start_date,
        coalesce(amounts.service_end_date, invoice_facts.invoice_date) as service_end_date,
        cast(
            amounts.amount_minor * invoice_facts.minor_unit as {{ type_amount() }}
        ) as amount_in_currency
    from amounts
    inner join invoice_facts
        on amounts.invoice_id = invoice_facts.invoice_id
    -- a period charged with nothing is known to be free
    where
        amounts.amount_minor <> 0
        or amounts.amount_kind = 'recurring'

)

select * from final

-- Grain: one row per amount of an invoice of Stripe: a line without tax, the discounts of an
-- invoice by kind, or its tax.
-- long because a discount is taken off periods of several lengths
{{ config(enabled='stripe' in billing_systems() and is_on('reconciliation')) }}
{%- set discount %}invoices.total_minor - coalesce(invoices.tax_minor, 0)
        - coalesce(invoice_periods.net_subtotal_minor, invoices.subtotal_minor){% endset %}
{%- set all_of_it = 'greatest(-(' ~ discount ~ '), 0)' %}
{%- set once = 'least(coalesce(outside_arr.one_time_minor, 0), ' ~ all_of_it ~ ')' %}
{%- set other = 'least(coalesce(deductions.other_deduction_minor, 0), ' ~ all_of_it
    ~ ' - ' ~ once ~ ')' %}
{#- by which periods they are spread: those of ARR as a rule, those beside it, or none #}
{%- set kinds = {'tax': 2, 'discount': 0, 'one_off_discount': 0, 'other_discount': 1} %}
{%- set in_order %}over (
            partition by invoice_id, period_set
            order by
                service_start_date nulls last, service_end_date nulls last, amount_kind nulls last
        ){% endset %}
with lines as (

    select * from {{ ref('int_stripe_invoice_lines') }}

),

invoices as (

    select * from {{ ref('stg_stripe__invoices') }}
    where is_live_mode

),

invoice_periods as (

    select
        invoice_id,
        min(service_start_date) as service_start_date,
        max(service_end_date) as service_end_date,
        max(currency) as currency,
        max(invoice_net_subtotal_minor) as net_subtotal_minor,
        max(case when amount_kind = 'recurring' and net_amount_minor > 0 then 1 else 0 end)
            as has_recurring
    from lines
    group by invoice_id

),

-- a discount is taken off the periods that an invoice charges for, each as much as it is charged,
-- and off corrections, usage and what is charged once only where the invoice shows it
charged_periods as (

    select
        lines.invoice_id,
        lines.amount_kind,
        lines.service_start_date,
        lines.service_end_date,
        case
            when lines.amount_kind not in ('one_time', 'usage') then 0
            when deductions.other_deduction_minor > 0 then 1 else 0
        end as period_set,
        sum(lines.net_amount_minor) as period_minor
    from lines
    inner join invoice_periods
        on lines.invoice_id = invoice_periods.invoice_id
    left join {{ ref('int_stripe_invoice_deductions') }} as deductions
        on lines.invoice_id = deductions.invoice_id
    where
        case
            when lines.amount_kind = 'credit' then deductions.is_off_all_lines
            when lines.net_amount_minor <= 0
                then lines.amount_kind = 'proration' and deductions.is_off_credits
            when lines.amount_kind = 'proration' then deductions.is_off_corrections
            else
                lines.amount_kind = 'recurring' or deductions.is_off_all_lines
                or deductions.other_deduction_minor > 0 or invoice_periods.has_recurring = 0
        end
    group by
        lines.invoice_id, lines.amount_kind, lines.service_start_date, lines.service_end_date,
        deductions.other_deduction_minor

),

numbered_periods as (

    select
        *,
        nullif(nullif(amount_kind, 'recurring'), 'proration') as kind_of_its_own,
        row_number() {{ in_order }} as period_number,
        sum(period_minor) {{ in_order }} as running_minor,
        sum(period_minor) over (partition by invoice_id, period_set) as total_minor
    from charged_periods

),

invoice_facts as (

    select
        invoices.*,
        {{ reporting_date('invoices.created_at') }} as invoice_date,
        coalesce(invoices.status, 'paid') in ('open', 'paid', 'uncollectible')
        and not invoices.is_deleted as is_charged,
        {{ minor_unit('currency_exponents.minor_unit_exponent') }} as minor_unit,
        coalesce(invoices.currency, invoice_periods.currency) as charged_currency,
        invoice_periods.service_start_date as invoice_start_date,
        invoice_periods.service_end_date as invoice_end_date,
        {{ discount }} + {{ once }} + {{ other }} as discount_minor,
        -{{ once }} as one_off_discount_minor,
        -{{ other }} as other_discount_minor
    from invoices
    left join invoice_periods
        on invoices.invoice_id = invoice_periods.invoice_id
    left join {{ ref('int_stripe_discounts_outside_arr') }} as outside_arr
        on invoices.invoice_id = outside_arr.invoice_id
    left join {{ ref('int_stripe_invoice_deductions') }} as deductions
        on invoices.invoice_id = deductions.invoice_id
    left join {{ ref('stripe_currency_exponents') }} as currency_exponents
        on coalesce(invoices.currency, invoice_periods.currency) = currency_exponents.currency

),

amounts as (

    select
        invoice_line_item_id as invoice_amount_id,
        invoice_id,
        subscription_id,
        -- the first days before a billing date are a part of a period, although no correction
        case
            when
                amount_kind = 'recurring'
                and net_amount_minor <> 0
                and {{ add_months('service_start_date', 'period_months') }}
                > {{ add_days('service_end_date', 1) }}
                then 'proration'
            else amount_kind
        end as amount_kind,
        currency,
        service_start_date,
        service_end_date,
        net_amount_minor as amount_minor
    from lines
    {%- for kind, period_set in kinds.items() %}
    {%- set taken = 'invoice_facts.' ~ kind ~ '_minor' %}
    {%- set total = 'numbered_periods.total_minor' %}
    {%- set running = 'numbered_periods.running_minor' %}
    {%- set before = '(' ~ running ~ ' - numbered_periods.period_minor)' %}

    union all

    select
        invoice_facts.invoice_id || '/{{ kind }}' || case
            when coalesce(numbered_periods.period_number, 1) = 1 then ''
            else '/' || cast(numbered_periods.period_number as {{ dbt.type_string() }})
        end as invoice_amount_id,
        invoice_facts.invoice_id,
        invoice_facts.subscription_id,
        coalesce(numbered_periods.kind_of_its_own, '{{ kind }}') as amount_kind,
        invoice_facts.charged_currency as currency,
        coalesce(numbered_periods.service_start_date, invoice_facts.invoice_start_date)
            as service_start_date,
        coalesce(numbered_periods.service_end_date, invoice_facts.invoice_end_date)
            as service_end_date,
        case
            when numbered_periods.invoice_id is null then {{ taken }}
            else
                {{ spread_by_sign(taken, running, total) }}
                - {{ spread_by_sign(taken, before, total) }}
        end as amount_minor
    from invoice_facts
    left join numbered_periods
        on
            invoice_facts.invoice_id = numbered_periods.invoice_id
            and numbered_periods.period_set = {{ period_set }}
            and numbered_periods.total_minor <> 0
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
    where amounts.amount_minor <> 0 or amounts.amount_kind = 'recurring'

)

select * from final

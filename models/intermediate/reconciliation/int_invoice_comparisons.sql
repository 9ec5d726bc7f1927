-- Grain: one row per subscription of a billing system whose invoices are read, customer, currency
-- and month in which it has ARR or invoices, with the facts about both.
-- long because the ledger's facts and the invoices' facts are brought into one shape first
{{ config(enabled=is_on('reconciliation', ['invoices'])) }}
with facts as (

    select * from {{ ref('int_reconciliation_facts') }}

),

parts as (

    select * from {{ ref('int_invoice_amounts_monthly') }}

),

months as (

    select * from {{ ref('int_calendar_months') }}
    where
        is_published
        and month_index >= {{ history_start_month_index() }}

),

rates as (

    select * from {{ ref('int_currency_rates') }}

),

-- a system whose invoices never landed cannot be reconciled
systems as (

    select distinct source_system
    from parts

),

ledger_side as (

    select
        facts.source_system,
        facts.customer_id,
        facts.subscription_id,
        facts.currency,
        months.month_index,
        facts.fact,
        case when facts.fact = 'in_ledger' then facts.start_date end as line_start_date,
        facts.from_month_index = months.month_index as starts_now,
        cast(null as date) as service_start_date,
        facts.arr,
        cast(0 as {{ type_money() }}) as amount,
        cast(0 as {{ type_amount() }}) as amount_in_currency
    from facts
    inner join systems
        on facts.source_system = systems.source_system
    inner join months
        on
            facts.from_month_index <= months.month_index
            and (
                facts.until_month_index is null
                or facts.until_month_index > months.month_index
            )

),

invoice_side as (

    select
        parts.source_system,
        parts.customer_id,
        parts.subscription_id,
        parts.currency,
        parts.month_index,
        case when parts.is_charged then parts.amount_kind else 'not_charged' end as fact,
        cast(null as date) as line_start_date,
        false as starts_now,
        parts.service_start_date,
        cast(0 as {{ type_money() }}) as arr,
        parts.amount,
        parts.amount_in_currency
    from parts
    inner join months
        on parts.month_index = months.month_index
    where
        parts.amount_kind in ('recurring', 'proration', 'discount', 'one_off_discount')

),

both_sides as (

    select * from ledger_side

    union all

    select * from invoice_side

),

sums as (

    select
        source_system,
        customer_id,
        subscription_id,
        currency,
        month_index,
        {%- for fact in reconciled_facts() + ['stopped'] %}
        cast(
            sum(case when fact = '{{ fact }}' then arr else 0 end) as {{ type_money() }}
        ) as {{ fact }}_arr,
        {%- endfor %}
        {%- for fact in ['one_off_discount', 'not_charged'] %}
        cast(
            sum(case when fact = '{{ fact }}' then amount else 0 end) as {{ type_money() }}
        ) as {{ fact }}_amount,
        {%- endfor %}
        cast(
            sum(case when fact = 'proration' then abs(amount) else 0 end) as {{ type_money() }}
        ) as prorated_amount,
        cast(
            sum(case when fact = 'not_charged' then 0 else amount end) as {{ type_money() }}
        ) as invoiced_amount,
        cast(
            sum(case when fact = 'not_charged' then 0 else amount_in_currency end)
            as {{ type_amount() }}
        ) as invoiced_amount_in_currency,
        cast(
            sum(case when fact = 'before_discount' and starts_now then arr else 0 end)
            as {{ type_money() }}
        ) as started_arr,
        count(case when amount_in_currency <> 0 then service_start_date end) as invoice_parts,
        count(case when fact = 'recurring' and amount_in_currency = 0 then 1 end) as free_parts,
        count(case when fact = 'left_out' then 1 end) as left_out_lines,
        max(line_start_date) as last_line_start_date,
        max(
            case when amount_in_currency <> 0 then service_start_date end
        ) as last_service_start_date
    from both_sides
    group by source_system, customer_id, subscription_id, currency, month_index

),

final as (

    select
        sums.*,
        {%- for fact in reconciled_facts() %}
        {{ monthly_amount('sums.' ~ fact ~ '_arr') }} as {{ fact }}_mrr,
        {%- endfor %}
        cast(
            0.02 * greatest(rates.rate_to_reporting_currency, 1) * (sums.invoice_parts + 1)
            as {{ type_money() }}
        ) as rounding_limit
    from sums
    left join rates
        on sums.currency = rates.currency

)

select * from final

-- Grain: one row per customer, currency and reason for which ledger and invoices differ in the
-- newest published month, largest difference first. With the rows that agree, both sides sum to
-- the mart.
{{ config(enabled=is_on('reconciliation', ['invoices'])) }}
with reconciled as (

    select * from {{ ref('rpt_invoice_reconciliation') }}
    where
        {{ month_index('date_month') }} = {{ last_published_month_index() }}
        and reason_class <> 'agrees'

),

reasons as (

    select * from {{ ref('reconciliation_reasons') }}
    where reconciliation = 'invoices'

),

customers as (

    select * from {{ ref('dim_customers') }}

),

final as (

    select
        reconciled.source_system,
        reconciled.customer_id,
        customers.customer_name,
        reconciled.reason_class,
        reconciled.ledger_mrr,
        reconciled.invoiced_amount,
        reconciled.difference_amount,
        reconciled.invoiced_amount_in_currency,
        reconciled.currency,
        reasons.meaning,
        reasons.what_to_do
    from reconciled
    inner join reasons
        on reconciled.reason_class = reasons.reason_class
    left join customers
        on reconciled.customer_id = customers.customer_id

)

select * from final
order by abs(difference_amount) desc, customer_id asc, reason_class asc

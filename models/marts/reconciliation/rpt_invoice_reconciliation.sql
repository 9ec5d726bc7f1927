-- Grain: one row per billing system whose invoices are read, customer, published month, currency
-- and reason why a twelfth of its ARR and what was invoiced for the month differ; agreement is one
-- of the reasons.
{{ config(enabled=is_on('reconciliation', ['invoices'])) }}
with differences as (

    select * from {{ ref('int_invoice_differences') }}

),

months as (

    select * from {{ ref('int_calendar_months') }}

),

final as (

    select
        differences.source_system,
        differences.customer_id,
        months.date_month,
        differences.currency,
        differences.reason_class,
        count(*) as subscriptions,
        cast(sum(differences.ledger_arr) as {{ type_money() }}) as ledger_arr,
        cast(sum(differences.ledger_mrr) as {{ type_money() }}) as ledger_mrr,
        cast(sum(differences.invoiced_amount) as {{ type_money() }}) as invoiced_amount,
        cast(sum(differences.difference_amount) as {{ type_money() }}) as difference_amount,
        cast(
            sum(differences.invoiced_amount_in_currency) as {{ type_amount() }}
        ) as invoiced_amount_in_currency
    from differences
    inner join months
        on differences.month_index = months.month_index
    group by
        differences.source_system,
        differences.customer_id,
        months.date_month,
        differences.currency,
        differences.reason_class

)

select * from final

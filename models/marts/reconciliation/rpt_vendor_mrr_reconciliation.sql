-- Grain: one row per billing system that states MRR of its own, customer, published month, currency
-- and reason why ledger and vendor differ; agreement is one of the reasons. A view over spans.
{{ config(enabled=is_on('reconciliation', ['invoices'])) }}
with spans as (

    select * from {{ ref('int_vendor_mrr_differences') }}
    where ledger_arr <> 0 or vendor_mrr_in_currency <> 0

),

months as (

    select * from {{ ref('int_calendar_months') }}
    where is_published

),

final as (

    select
        spans.source_system,
        spans.customer_id,
        months.date_month,
        spans.currency,
        spans.reason_class,
        count(*) as subscription_items,
        cast(sum(spans.ledger_arr) as {{ type_money() }}) as ledger_arr,
        cast(sum(spans.ledger_mrr) as {{ type_money() }}) as ledger_mrr,
        cast(sum(spans.vendor_mrr) as {{ type_money() }}) as vendor_mrr,
        cast(sum(spans.difference_mrr) as {{ type_money() }}) as difference_mrr,
        cast(sum(spans.vendor_mrr_in_currency) as {{ type_amount() }}) as vendor_mrr_in_currency
    from spans
    inner join months
        on
            spans.from_month_index <= months.month_index
            and (spans.until_month_index is null or spans.until_month_index > months.month_index)
    group by
        spans.source_system,
        spans.customer_id,
        months.date_month,
        spans.currency,
        spans.reason_class

)

select * from final

-- A difference is the ledger less the invoices, agreement is a difference of zero, the monthly
-- amount is within half a cent per subscription of a twelfth of the ARR, and the reason is one of
-- this reconciliation.
with rows_of_mart as (

    select * from {{ ref('rpt_invoice_reconciliation') }}

),

reasons as (

    select reason_class
    from {{ ref('reconciliation_reasons') }}
    where reconciliation = 'invoices'

)

select
    rows_of_mart.customer_id,
    rows_of_mart.date_month,
    rows_of_mart.reason_class,
    rows_of_mart.difference_amount
from rows_of_mart
left join reasons
    on rows_of_mart.reason_class = reasons.reason_class
where
    reasons.reason_class is null
    or rows_of_mart.difference_amount <> rows_of_mart.ledger_mrr - rows_of_mart.invoiced_amount
    or (rows_of_mart.reason_class = 'agrees' and rows_of_mart.difference_amount <> 0)
    or rows_of_mart.subscriptions < 1
    or abs(12 * rows_of_mart.ledger_mrr - rows_of_mart.ledger_arr)
    > 0.06 * rows_of_mart.subscriptions

-- The invoices' side of the reconciliation is, customer by customer and month by month, all that
-- was charged for published months, whatever its kind.
with charged as (

    select
        customer_id,
        currency,
        month_index,
        sum(amount) as amount,
        sum(amount_in_currency) as amount_in_currency
    from {{ ref('int_invoice_amounts_monthly') }}
    where
        is_charged
        and month_index <= {{ last_published_month_index() }}
        and month_index >= {{ history_start_month_index() }}
    group by customer_id, currency, month_index

),

reconciled as (

    select
        customer_id,
        currency,
        {{ month_index('date_month') }} as month_index,
        sum(invoiced_amount) as amount,
        sum(invoiced_amount_in_currency) as amount_in_currency
    from {{ ref('rpt_invoice_reconciliation') }}
    group by customer_id, currency, {{ month_index('date_month') }}

)

select
    coalesce(charged.customer_id, reconciled.customer_id) as customer_id,
    coalesce(charged.month_index, reconciled.month_index) as month_index,
    charged.amount,
    reconciled.amount as reconciled_amount
from charged
full join reconciled
    on
        charged.customer_id = reconciled.customer_id
        and charged.currency = reconciled.currency
        and charged.month_index = reconciled.month_index
where
    coalesce(charged.amount, 0) <> coalesce(reconciled.amount, 0)
    or coalesce(charged.amount_in_currency, 0) <> coalesce(reconciled.amount_in_currency, 0)

-- Grain: one row per customer, movement type and reason for which the ledger's movement and what
-- was won differ in the newest published month, largest difference first; renewals and losses are
-- left out.
{{ config(enabled=is_on('reconciliation', ['growth', 'crm'])) }}
with reconciled as (

    select * from {{ ref('rpt_opportunity_reconciliation') }}
    where
        {{ month_index('date_month') }} = {{ last_published_month_index() }}
        and difference_arr <> 0
        and reason_class not in ('not_sold', 'renewal')

),

reasons as (

    select * from {{ ref('reconciliation_reasons') }}
    where reconciliation = 'opportunities'

),

customers as (

    select * from {{ ref('dim_customers') }}

),

final as (

    select
        reconciled.customer_id,
        customers.customer_name,
        reconciled.movement_type,
        reconciled.reason_class,
        reconciled.movement_arr,
        reconciled.opportunities,
        reconciled.opportunity_arr,
        reconciled.difference_arr,
        reasons.meaning,
        reasons.what_to_do
    from reconciled
    inner join reasons
        on reconciled.reason_class = reasons.reason_class
    left join customers
        on reconciled.customer_id = customers.customer_id

)

select * from final
order by abs(difference_arr) desc, customer_id asc, reason_class asc

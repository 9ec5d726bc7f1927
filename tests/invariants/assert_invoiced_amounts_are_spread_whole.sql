-- The parts of an invoiced amount sum to it, in its currency and in the reporting currency, and
-- no amount is without parts.
with spread as (

    select
        source_system,
        invoice_amount_id,
        sum(amount) as amount,
        sum(amount_in_currency) as amount_in_currency
    from {{ ref('int_invoice_amounts_monthly') }}
    group by source_system, invoice_amount_id

),

amounts as (

    select
        amounts.source_system,
        amounts.invoice_amount_id,
        amounts.amount_in_currency,
        -- nothing needs no rate
        case
            when amounts.amount_in_currency = 0 then 0
            else cast(
                    amounts.amount_in_currency
                    * rates.rate_to_reporting_currency as {{ type_money() }}
                )
        end as amount
    from {{ ref('int_invoice_amounts') }} as amounts
    left join {{ ref('int_currency_rates') }} as rates
        on amounts.currency = rates.currency

)

select
    coalesce(amounts.invoice_amount_id, spread.invoice_amount_id) as invoice_amount_id,
    amounts.amount,
    spread.amount as spread_amount
from amounts
full join spread
    on
        amounts.source_system = spread.source_system
        and amounts.invoice_amount_id = spread.invoice_amount_id
where
    amounts.amount is distinct from spread.amount
    or amounts.amount_in_currency is distinct from spread.amount_in_currency

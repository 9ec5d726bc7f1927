-- Grain: one row per subscription of a billing system whose invoices are read, customer,
-- currency, month and reason: the one why a twelfth of its ARR and what recurs on its invoices
-- differ, and one for each kind of charge that does not recur.
-- long because the order of the branches is the definition and each branch gives its reason
{{ config(enabled=is_on('reconciliation', ['invoices'])) }}
with compared as (

    select
        *,
        in_ledger_mrr - invoiced_amount as difference_amount
    from {{ ref('int_invoice_comparisons') }}
    where in_ledger_arr <> 0 or invoiced_amount <> 0 or invoiced_amount_in_currency <> 0

),

-- charges that are no ARR by their kind have that kind as their reason
other_charges as (

    select
        source_system,
        customer_id,
        subscription_id,
        currency,
        month_index,
        amount_kind,
        sum(amount) as invoiced_amount,
        sum(amount_in_currency) as invoiced_amount_in_currency
    from {{ ref('int_invoice_amounts_monthly') }}
    where
        is_charged
        and amount_kind in ('one_time', 'usage', 'credit', 'tax')
        and month_index <= {{ last_published_month_index() }}
        and month_index >= {{ history_start_month_index() }}
    group by source_system, customer_id, subscription_id, currency, month_index, amount_kind

),

final as (

    select
        source_system,
        customer_id,
        subscription_id,
        currency,
        month_index,
        in_ledger_arr as ledger_arr,
        in_ledger_mrr as ledger_mrr,
        cast(invoiced_amount as {{ type_money() }}) as invoiced_amount,
        cast(invoiced_amount_in_currency as {{ type_amount() }}) as invoiced_amount_in_currency,
        cast(difference_amount as {{ type_money() }}) as difference_amount,
        case
            when difference_amount = 0 then 'agrees'
            when abs(difference_amount) <= rounding_limit then 'rounding'
            -- below this a fact of nothing explains nothing: all differences exceed the limit
            -- days and weeks do not divide a month: a period more or less
            when abs(12 * difference_amount) <= odd_period_arr + 12 * rounding_limit
                then 'period_length'
            -- the ledger has more, which was not charged
            when difference_amount > 0
                and difference_amount <= late_renewal_mrr + rounding_limit
                then 'late_renewal'
            -- another line or billing system has it in the ledger at that time
            when difference_amount < 0
                and -difference_amount
                <= elsewhere_before_mrr + elsewhere_after_mrr + rounding_limit
                then 'counted_elsewhere'
            -- the invoice has more: service stopped before the last day of the month
            when difference_amount < 0
                and -difference_amount <= pause_mrr + rounding_limit
                then 'pause'
            when in_ledger_arr = 0 and stopped_arr > 0 then 'stopped_in_period'
            when prorated_amount > 0
                and abs(12 * difference_amount) <= 12 * prorated_amount + started_arr
                then 'part_period'
            when difference_amount > 0
                and difference_amount <= not_charged_amount + rounding_limit
                then 'invoice_not_charged'
            when last_line_start_date > last_service_start_date then 'not_yet_invoiced'
            -- a discount for one invoice explains what it took off, and nothing else
            when abs(difference_amount + one_off_discount_amount) <= rounding_limit
                then 'discount'
            when free_parts > 0 and invoiced_amount = 0 then 'free_time'
            when in_ledger_arr = 0 and left_out_lines > 0 then 'left_out'
            when invoice_parts = 0 then 'not_invoiced'
            when in_ledger_arr = 0 then 'missing_in_ledger'
            else 'unexplained'
        end as reason_class
    from compared

    union all

    select
        source_system,
        customer_id,
        subscription_id,
        currency,
        month_index,
        cast(0 as {{ type_money() }}) as ledger_arr,
        cast(0 as {{ type_money() }}) as ledger_mrr,
        cast(invoiced_amount as {{ type_money() }}) as invoiced_amount,
        cast(invoiced_amount_in_currency as {{ type_amount() }}) as invoiced_amount_in_currency,
        cast(-invoiced_amount as {{ type_money() }}) as difference_amount,
        amount_kind as reason_class
    from other_charges

)

select * from final

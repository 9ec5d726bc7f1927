-- Grain: one row per item of a billing system that states MRR of its own, customer, currency and
-- span of months without a change of the ledger, the vendor's MRR or any fact.
{{ config(enabled=is_on('reconciliation', ['invoices'])) }}
{%- set item = 'partition by source_system, customer_id, subscription_item_id, currency' %}
{%- set item_until_now = item ~ ' order by month_index nulls last '
    ~ 'rows between unbounded preceding and current row' %}
with changes as (

    select * from {{ ref('int_vendor_item_changes') }}

),

rates as (

    select * from {{ ref('int_currency_rates') }}

),

balances as (

    select
        source_system,
        customer_id,
        subscription_item_id,
        currency,
        month_index as from_month_index,
        {%- for fact in reconciled_facts() %}
        sum({{ fact }}_arr_change) over ({{ item_until_now }}) as {{ fact }}_arr,
        {%- endfor %}
        sum(left_out_line_change) over ({{ item_until_now }}) as left_out_lines,
        sum(vendor_mrr_change_in_currency) over ({{ item_until_now }}) as vendor_mrr_in_currency,
        sum(vendor_change_count) over ({{ item }}) as vendor_changes,
        sum(line_change_count) over ({{ item }}) as line_changes,
        lead(month_index) over ({{ item }} order by month_index nulls last) as until_month_index
    from changes

),

final as (

    select
        balances.source_system,
        balances.customer_id,
        balances.subscription_item_id,
        balances.currency,
        balances.from_month_index,
        balances.until_month_index,
        cast(balances.in_ledger_arr as {{ type_money() }}) as ledger_arr,
        {{ monthly_amount('balances.in_ledger_arr') }} as ledger_mrr,
        cast(balances.vendor_mrr_in_currency as {{ type_amount() }}) as vendor_mrr_in_currency,
        cast(
            balances.vendor_mrr_in_currency * rates.rate_to_reporting_currency
            as {{ type_money() }}
        ) as vendor_mrr,
        {%- for fact in reconciled_facts() if fact != 'in_ledger' %}
        {{ monthly_amount('balances.' ~ fact ~ '_arr') }} as {{ fact }}_mrr,
        {%- endfor %}
        balances.left_out_lines > 0 as has_line_left_out,
        balances.vendor_changes > 0 as is_known_to_vendor,
        balances.line_changes > 0 as is_known_to_ledger,
        -- one cent in the line's currency and one in the reporting currency
        cast(
            0.01 + 0.01 * greatest(rates.rate_to_reporting_currency, 1) as {{ type_money() }}
        ) as rounding_limit
    from balances
    left join rates
        on balances.currency = rates.currency

)

select * from final

-- Grain: one row per item of a billing system that states MRR of its own, customer, currency and
-- span of months without a change, with the one reason why the two differ.
-- long because the order of the branches is the definition and each branch gives its reason
{{ config(enabled=is_on('reconciliation', ['invoices'])) }}
{%- set history = 'partition by source_system, customer_id, subscription_item_id, currency '
    ~ 'order by from_month_index nulls last' %}
with spans as (

    select * from {{ ref('int_vendor_item_spans') }}

),

compared_spans as (

    select
        *,
        {%- for side in ['ledger', 'vendor'] %}
        lag({{ side }}_mrr) over ({{ history }}) as {{ side }}_mrr_before,
        lead({{ side }}_mrr) over ({{ history }}) as {{ side }}_mrr_after,
        {%- endfor %}
        cast(ledger_mrr - vendor_mrr as {{ type_money() }}) as difference_mrr
    from spans

),

final as (

    select
        source_system,
        customer_id,
        subscription_item_id,
        currency,
        from_month_index,
        until_month_index,
        ledger_arr,
        ledger_mrr,
        vendor_mrr,
        vendor_mrr_in_currency,
        difference_mrr,
        case
            when difference_mrr = 0 then 'agrees'
            when abs(difference_mrr) <= rounding_limit then 'rounding'
            when not is_known_to_ledger then 'missing_in_ledger'
            when not is_known_to_vendor then 'missing_in_vendor'
            -- below this the vendor is off by more than the limit, and nothing explains nothing
            -- another line or billing system has it in the ledger at that time
            when difference_mrr < 0
                and -difference_mrr
                <= elsewhere_before_mrr + elsewhere_after_mrr + rounding_limit
                then 'counted_elsewhere'
            -- the ledger still counts it, the vendor counts none of it
            when difference_mrr > 0 and vendor_mrr <= ledger_mrr - late_renewal_mrr + rounding_limit
                and late_renewal_mrr > 0
                then 'late_renewal'
            when difference_mrr > 0 and vendor_mrr <= ledger_mrr - notice_mrr + rounding_limit
                and notice_mrr > 0
                then 'notice_given'
            -- the vendor counts what the ledger does not, and no more than that
            when difference_mrr < 0 and vendor_mrr <= ledger_mrr + pause_mrr + rounding_limit
                then 'pause'
            when difference_mrr < 0 and vendor_mrr <= before_discount_mrr + rounding_limit
                then 'discount'
            when difference_mrr < 0 and has_line_left_out then 'left_out'
            -- one side moves in a later month to where the other stands now
            when abs(ledger_mrr_before - vendor_mrr) <= rounding_limit
                and abs(vendor_mrr_after - ledger_mrr) <= rounding_limit
                then 'timing'
            when abs(vendor_mrr_before - ledger_mrr) <= rounding_limit
                and abs(ledger_mrr_after - vendor_mrr) <= rounding_limit
                then 'timing'
            when odd_period_mrr > 0 and 10 * abs(difference_mrr) <= ledger_mrr
                then 'period_length'
            else 'unexplained'
        end as reason_class
    from compared_spans

)

select * from final

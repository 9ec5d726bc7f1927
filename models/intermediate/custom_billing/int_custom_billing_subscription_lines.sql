-- Grain: one row per subscription line of the custom billing system, as a canonical line. A
-- line that lacks what its ARR is worked from is unusable and becomes a finding.
{{ config(enabled='custom_billing' in billing_systems()) }}
with lines as (

    select * from {{ ref('stg_custom_billing__subscription_lines') }}

),

final as (

    select
        line_id,
        coalesce(subscription_id, line_id) as subscription_id,
        cast(null as {{ dbt.type_string() }}) as subscription_item_id,
        coalesce(customer_id, 'unknown') as source_customer_id,
        coalesce(product_id, 'unknown') as product_id,
        plan_tier,
        start_date,
        end_date,
        false as ends_in_pause,
        term_amount,
        120000 as periods_per_year_numerator,
        case
            when term_months > 0 then cast(term_months * 10000 as integer)
        end as periods_per_year_denominator,
        quantity,
        currency,
        charge_type,
        supersedes_line_id,
        notice_date,
        is_contracted_step,
        case
            when start_date is null then 'no_start_date'
            when term_amount is null then 'no_amount'
            when term_months is null or term_months <= 0 then 'no_term'
            when currency is null then 'no_currency'
        end as unusable_reason,
        'subscription_lines' as source_table,
        line_id as source_row_id,
        load_id
    from lines

)

select * from final

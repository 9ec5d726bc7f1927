-- Grain: one row per subscription line of the custom billing system, as a canonical line. A
-- line that lacks what its ARR is worked from is unusable and becomes a finding.
{{ config(enabled='custom_billing' in billing_systems()) }}
with lines as (

    select * from {{ ref('stg_custom_billing__subscription_lines') }}

),

-- what is sold once takes the place of no contract
sold_once as (

    select product_id
    from {{ ref('stg_custom_billing__products') }}
    where revenue_type in ('one_time', 'services')

),

final as (

    select
        lines.line_id,
        coalesce(lines.subscription_id, lines.line_id) as subscription_id,
        cast(null as {{ dbt.type_string() }}) as subscription_item_id,
        coalesce(lines.customer_id, 'unknown') as source_customer_id,
        coalesce(lines.product_id, 'unknown') as product_id,
        lines.plan_tier,
        lines.start_date,
        lines.end_date,
        false as ends_in_pause,
        lines.term_amount,
        120000 as periods_per_year_numerator,
        case
            when lines.term_months > 0 then cast(lines.term_months * 10000 as integer)
        end as periods_per_year_denominator,
        lines.quantity,
        lines.currency,
        lines.charge_type,
        case
            when lines.charge_type in ('one_time', 'services') then null
            when lines.charge_type = 'recurring' and sold_once.product_id is not null then null
            else lines.supersedes_line_id
        end as supersedes_line_id,
        lines.notice_date,
        lines.is_contracted_step,
        case
            when lines.start_date is null then 'no_start_date'
            when lines.term_amount is null then 'no_amount'
            when lines.term_months is null or lines.term_months <= 0 then 'no_term'
            when lines.currency is null then 'no_currency'
        end as unusable_reason,
        'subscription_lines' as source_table,
        lines.line_id as source_row_id,
        lines.load_id
    from lines
    left join sold_once
        on lines.product_id = sold_once.product_id

)

select * from final

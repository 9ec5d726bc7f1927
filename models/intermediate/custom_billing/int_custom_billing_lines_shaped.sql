-- Grain: one row per subscription line of the custom billing system, in the shape of the waist.
with lines as (

    select * from {{ ref('stg_custom_billing__subscription_lines') }}

),

final as (

    select
        line_id,
        coalesce(subscription_id, line_id) as subscription_id,
        cast(null as {{ dbt.type_string() }}) as subscription_item_id,
        coalesce(customer_id, 'unknown') as source_customer_id,
        product_id,
        plan_tier,
        start_date,
        end_date,
        false as ends_in_pause,
        term_amount,
        120000 as periods_per_year_numerator,
        cast(term_months * 10000 as integer) as periods_per_year_denominator,
        quantity,
        currency,
        charge_type,
        supersedes_line_id,
        notice_date,
        is_contracted_step,
        cast(null as {{ dbt.type_string() }}) as unusable_reason,
        'subscription_lines' as source_table,
        line_id as source_row_id,
        load_id

    from lines

)

select * from final

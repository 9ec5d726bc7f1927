-- Grain: one row per closed month and subscription line with ARR at its end, as it was published.
{{ config(enabled=is_on('restatements')) }}
with source as (

    select
        {{ extract_columns('closings', 'closed_lines') }}
    from {{ extract('closings', 'closed_lines') }}

),

final as (

    select
        cast(closed_month as date) as closed_month,
        cast(source_system as {{ dbt.type_string() }}) as source_system,
        cast(line_id as {{ dbt.type_string() }}) as line_id,
        cast(subscription_id as {{ dbt.type_string() }}) as subscription_id,
        cast(customer_id as {{ dbt.type_string() }}) as customer_id,
        cast(product_id as {{ dbt.type_string() }}) as product_id,
        cast(currency as {{ dbt.type_string() }}) as currency,
        cast(arr_in_line_currency as {{ type_money() }}) as arr_in_line_currency,
        cast(arr as {{ type_money() }}) as arr,
        cast(start_date as date) as start_date,
        cast(end_date as date) as end_date,
        cast(counted_until_date as date) as counted_until_date,
        cast(is_in_grace as boolean) as is_in_grace,
        cast(load_id as {{ dbt.type_string() }}) as load_id

    from source

)

select * from final

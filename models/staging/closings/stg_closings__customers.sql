-- Grain: one row per closed month and customer with ARR at its end, as it was published.
{{ config(enabled=is_on('restatements')) }}
with source as (

    select
        {{ extract_columns('closings', 'closed_customers') }}
    from {{ extract('closings', 'closed_customers') }}

),

final as (

    select
        cast(closed_month as date) as closed_month,
        cast(customer_id as {{ dbt.type_string() }}) as customer_id,
        cast(arr as {{ type_money() }}) as arr

    from source

)

select * from final

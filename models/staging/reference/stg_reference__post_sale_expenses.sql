-- Grain: one row per month, role and currency of what looking after customers cost.
{{ config(enabled=is_on('growth', ['books', 'crm', 'post_sale_expenses'])) }}
with source as (

    {{ extract_once('custom_billing', 'post_sale_expenses', key='every_column') }}

),

final as (

    select
        cast(month as date) as expense_date,
        lower(trim(cast(role as {{ dbt.type_string() }}))) as expense_role,
        cast(amount as {{ type_amount() }}) as amount,
        upper(cast(currency as {{ dbt.type_string() }})) as currency

    from source

)

select * from final

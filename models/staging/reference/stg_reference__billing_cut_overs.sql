-- Grain: one row per customer of a billing system it has left for another one.
with source as (

    {{ extract_once('custom_billing', 'billing_cut_overs') }}

),

final as (

    select
        cast(old_source_system as {{ dbt.type_string() }}) as old_source_system,
        cast(old_customer_id as {{ dbt.type_string() }}) as old_source_customer_id,
        cast(new_source_system as {{ dbt.type_string() }}) as new_source_system,
        cast(new_customer_id as {{ dbt.type_string() }}) as new_source_customer_id,
        cast(cut_over_date as date) as cut_over_date

    from source

)

select * from final

-- Grain: one row per customer of a billing system it has left for another one.
with source as (

    {{ extract_once('custom_billing', 'billing_cut_overs') }}

),

read as (

    select
        cast(old_source_system as {{ dbt.type_string() }}) as old_source_system,
        cast(old_customer_id as {{ dbt.type_string() }}) as old_source_customer_id,
        cast(new_source_system as {{ dbt.type_string() }}) as new_source_system,
        cast(new_customer_id as {{ dbt.type_string() }}) as new_source_customer_id,
        cast(cut_over_date as date) as cut_over_date

    from source

),

-- a customer may move three times: its newest record is in the system it came to in the end
final as (

    select
        once.*,
        coalesce(
            thrice.new_source_system, twice.new_source_system, once.new_source_system
        ) as newest_source_system,
        coalesce(
            thrice.new_source_customer_id,
            twice.new_source_customer_id,
            once.new_source_customer_id
        ) as newest_source_customer_id
    from read as once
    left join read as twice
        on
            once.new_source_system = twice.old_source_system
            and once.new_source_customer_id = twice.old_source_customer_id
    left join read as thrice
        on
            twice.new_source_system = thrice.old_source_system
            and twice.new_source_customer_id = thrice.old_source_customer_id

)

select * from final

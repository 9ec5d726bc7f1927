-- Grain: one row per currency and month end; a null month end is the plan rate.
with source as (

    {{ extract_once('custom_billing', 'fx_rates', key='every_column') }}

),

final as (

    select
        upper(cast(currency as {{ dbt.type_string() }})) as currency,
        cast(month_end as date) as month_end_date,
        cast(rate as numeric(18, 8)) as rate_to_reporting_currency,
        cast(_load_id as {{ dbt.type_string() }}) as load_id

    from source

)

select * from final

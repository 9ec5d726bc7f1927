-- Grain: one row per source row whose load may explain a restatement of a line: a customer, a rate,
-- a row that was deleted.
{{ config(enabled=is_on('restatements')) }}
with
{%- if 'custom_billing' in billing_systems() %}

customers as (

    select
        customer_id,
        -- what the row itself says of the customer; the rest of the way is merges of others
        coalesce(merged_into_customer_id, crm_account_id, customer_id) as named_customer_id,
        load_id
    from {{ ref('stg_custom_billing__customers') }}

),

deleted_rows as (

    select
        *,
        row_number() over (
            partition by source_table, source_row_id
            order by landing_number desc nulls last
        ) as last_first
    from {{ ref('stg_custom_billing__landed_rows_gone') }}

),
{%- endif %}

-- a rate of any day of a month is that of the month end
rates as (

    select
        rates.currency,
        months.last_day_date as month_end_date,
        max(rates.load_id) as load_id
    from {{ ref('stg_reference__fx_rates') }} as rates
    left join {{ ref('int_calendar_months') }} as months
        on {{ month_index('rates.month_end_date') }} = months.month_index
    where
        rates.month_end_date is null
        or months.month_index is not null
    group by rates.currency, months.last_day_date

),

final as (

    select
        'reference' as source_system,
        'fx_rates' as source_table,
        currency
        || case
            when month_end_date is null then ''
            else '/' || cast(month_end_date as {{ dbt.type_string() }})
        end as source_row_id,
        cast(null as {{ dbt.type_string() }}) as named_customer_id,
        false as is_deleted,
        load_id
    from rates
    {%- if 'custom_billing' in billing_systems() %}

    union all

    select
        'custom_billing' as source_system,
        'customers' as source_table,
        customer_id as source_row_id,
        named_customer_id,
        false as is_deleted,
        load_id
    from customers

    union all

    select
        'custom_billing' as source_system,
        source_table,
        source_row_id,
        cast(null as {{ dbt.type_string() }}) as named_customer_id,
        true as is_deleted,
        load_id
    from deleted_rows
    where last_first = 1
    {%- endif %}

)

select * from final

-- Grain: one row per published month in which a health system took readings.
{{ config(enabled=is_on('customer_health', ['health_system'])) }}
with readings as (

    select * from {{ ref('int_health_readings') }}

),

months as (

    select * from {{ ref('int_calendar_months') }}

),

balances as (

    select * from {{ ref('int_account_spans') }}
    where
        is_customer
        and {{ is_active('arr') }}

),

counted as (

    select
        month_index,
        count(*) as readings,
        sum(case when customer_id is null then 1 else 0 end) as readings_without_customer
    from readings
    group by month_index

),

known as (

    select distinct
        month_index,
        customer_id
    from readings

),

in_service as (

    select
        counted.month_index,
        count(balances.account_id) as customers,
        count(known.customer_id) as customers_known,
        sum(balances.arr) as arr,
        sum(case when known.customer_id is not null then balances.arr else 0 end) as arr_known
    from counted
    inner join balances
        on
            counted.month_index >= balances.from_month_index
            and counted.month_index < {{ or_open('balances.until_month_index') }}
    left join known
        on
            counted.month_index = known.month_index
            and balances.account_id = known.customer_id
    group by counted.month_index

),

final as (

    select
        months.date_month,
        cast(counted.readings as bigint) as readings,
        cast(counted.readings_without_customer as bigint) as readings_without_customer,
        cast(coalesce(in_service.customers, 0) as bigint) as customers,
        cast(coalesce(in_service.customers_known, 0) as bigint) as customers_known,
        cast(coalesce(in_service.arr, 0) as {{ type_money() }}) as arr,
        cast(coalesce(in_service.arr_known, 0) as {{ type_money() }}) as arr_known,
        {{ ratio('in_service.arr_known', 'in_service.arr') }} as share_known_by_value
    from counted
    inner join months
        on counted.month_index = months.month_index
    left join in_service
        on counted.month_index = in_service.month_index
    where counted.month_index <= {{ last_published_month_index() }}

)

select * from final

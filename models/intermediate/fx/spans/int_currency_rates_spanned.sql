-- Grain: one row per currency in use and stretch of months with one month-end rate. A month without
-- a rate keeps a null: it is never 1 and never the rate of another month.
with currencies as (

    select * from {{ ref('int_currency_rates_resolved') }}

),

months as (

    select * from {{ ref('int_calendar_months') }}
    where is_published

),

rates as (

    select * from {{ ref('stg_reference__fx_rates') }}
    where month_end_date is not null

),

monthly_rates as (

    select
        currencies.currency,
        months.month_index,
        case
            when currencies.currency = '{{ reporting_currency() }}' then cast(1 as numeric(18, 8))
            else rates.rate_to_reporting_currency
        end as rate_to_reporting_currency
    from currencies
    cross join months
    left join rates
        on
            currencies.currency = rates.currency
            and months.month_index = {{ month_index('rates.month_end_date') }}

),

compared_rates as (

    select
        *,
        lag(rate_to_reporting_currency) over (
            partition by currency order by month_index
        ) as previous_rate,
        row_number() over (partition by currency order by month_index) as month_number
    from monthly_rates

),

final as (

    select
        currency,
        month_index as from_month_index,
        lead(month_index) over (
            partition by currency order by month_index
        ) as until_month_index,
        rate_to_reporting_currency
    from compared_rates
    where
        month_number = 1
        or rate_to_reporting_currency is distinct from previous_rate

)

select * from final

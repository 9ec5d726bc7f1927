-- Grain: one row per currency in use and span of months with one rate. A month without a
-- month-end rate keeps a null: it is never 1 and never the rate of another month.
-- long because a month may have no rate, or two.
with currencies as (

    select * from {{ ref('int_currency_rates') }}

),

months as (

    select * from {{ ref('int_calendar_months') }}
    where is_published

),

rates as (

    select
        currency,
        {{ month_index('month_end_date') }} as month_index,
        min(rate_to_reporting_currency) as lowest_rate,
        max(rate_to_reporting_currency) as highest_rate
    from {{ ref('stg_reference__fx_rates') }}
    where month_end_date is not null
    group by currency, {{ month_index('month_end_date') }}

),

-- two days of one month must not value a line twice, nor may either be picked in silence
month_end_rates as (

    select
        currency,
        month_index,
        case
            when lowest_rate = highest_rate then highest_rate
            else {{ raise_error(
                "currency || ' has several rates of ' || " ~ month_text('month_index')
                ~ " || ': keep one in fx_rates'"
            ) }}
        end as rate_to_reporting_currency
    from rates

),

monthly_rates as (

    select
        currencies.currency,
        months.month_index,
        case
            when currencies.currency = '{{ reporting_currency() }}' then cast(1 as numeric(18, 8))
            else cast(month_end_rates.rate_to_reporting_currency as numeric(18, 8))
        end as rate_to_reporting_currency
    from currencies
    cross join months
    left join month_end_rates
        on
            currencies.currency = month_end_rates.currency
            and months.month_index = month_end_rates.month_index

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

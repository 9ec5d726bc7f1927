-- Grain: one row per account and span of months in which no rate of its currencies moves.
with lines as (

    select * from {{ ref('int_account_lines') }}

),

rates as (

    select * from {{ ref('int_currency_rate_spans') }}

),

account_currencies as (

    select
        account_key,
        currency,
        min(from_month_index) as first_month_index
    from lines
    group by account_key, currency

),

begun as (

    select distinct
        account_currencies.account_key,
        rates.from_month_index
    from account_currencies
    inner join rates
        on
            account_currencies.currency = rates.currency
            and account_currencies.first_month_index < {{ or_open('rates.until_month_index') }}

),

final as (

    select
        account_key,
        from_month_index,
        lead(from_month_index) over (
            partition by account_key order by from_month_index
        ) as until_month_index
    from begun

)

select * from final

-- Grain: one row per customer and month in which the ARR of its first month moves, as the rates of
-- that month see it: the whole in the first month, then what new rates add or take.
with cohorts as (

    select
        account_key as customer_key,
        first_month_index as cohort_month_index
    from {{ ref('int_account_spans') }}
    where
        is_customer
        and from_month_index = first_month_index

),

lines as (

    select * from {{ ref('int_account_lines') }}
    where is_customer

),

rates as (

    select
        currency,
        from_month_index,
        {{ or_open('until_month_index') }} as until_month_index,
        rate_to_reporting_currency
    from {{ ref('int_currency_rate_spans') }}

),

revalued as (

    select
        cohorts.customer_key,
        lines.line_id,
        lines.currency,
        greatest(rates.from_month_index, cohorts.cohort_month_index) as from_month_index,
        rates.until_month_index,
        {{ converted_amount(
            'lines.arr_in_line_currency', 'rates.rate_to_reporting_currency'
        ) }} as arr
    from cohorts
    inner join lines
        on
            cohorts.customer_key = lines.account_key
            and cohorts.cohort_month_index >= lines.from_month_index
            and cohorts.cohort_month_index < lines.until_month_index
    inner join rates
        on
            lines.currency = rates.currency
            and cohorts.cohort_month_index < rates.until_month_index

),

posted as (

    select
        customer_key,
        from_month_index as month_index,
        coalesce(arr, {{ missing_rate_error('line_id', 'currency', 'from_month_index') }})
            as cohort_arr_change
    from revalued

    union all

    select
        customer_key,
        until_month_index as month_index,
        -arr as cohort_arr_change
    from revalued
    where until_month_index < {{ open_month_index() }}

),

final as (

    select
        customer_key,
        month_index,
        cast(sum(cohort_arr_change) as {{ type_money() }}) as cohort_arr_change
    from posted
    group by customer_key, month_index
    having sum(cohort_arr_change) <> 0

)

select * from final

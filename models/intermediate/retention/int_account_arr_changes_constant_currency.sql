-- Grain: one row per account, span of months with one set of rates, and month in which its ARR
-- at these rates moves: the past as the rates of a later month see it.
-- long because lines, rates and what moves meet here.
with lines as (

    select * from {{ ref('int_account_lines') }}

),

stretches as (

    select
        account_key,
        from_month_index,
        {{ or_open('until_month_index') }} as until_month_index
    from {{ ref('int_account_rate_periods') }}

),

rates as (

    select * from {{ ref('int_currency_rate_spans') }}

),

-- every line that a month of the span looks back on, at the rate of that month
revalued as (

    select
        lines.*,
        stretches.from_month_index as rate_from_month_index,
        stretches.until_month_index as rate_until_month_index,
        {{ converted_amount(
            'lines.arr_in_line_currency', 'rates.rate_to_reporting_currency'
        ) }} as arr
    from lines
    inner join stretches
        on
            lines.account_key = stretches.account_key
            and lines.from_month_index < stretches.until_month_index
            and lines.until_month_index + {{ longest_lookback() }} > stretches.from_month_index
    inner join rates
        on
            lines.currency = rates.currency
            and stretches.from_month_index >= rates.from_month_index
            and stretches.from_month_index < {{ or_open('rates.until_month_index') }}

),

sides as (
    {{- sides_listed() }}

),

posted as (

    select
        revalued.*,
        {{ begun_or_ended('revalued.from_month_index', 'revalued.until_month_index') }}
            as month_index,
        sides.sign * coalesce(revalued.arr, {{ missing_rate_error(
            'revalued.line_id',
            'revalued.currency',
            'greatest(revalued.from_month_index, revalued.rate_from_month_index)'
        ) }}) as arr_change
    from revalued
    cross join sides

),

final as (

    select
        account_key,
        is_customer,
        is_parent,
        rate_from_month_index,
        rate_until_month_index,
        month_index,
        cast(sum(arr_change) as {{ type_money() }}) as arr_change
    from posted
    where month_index < rate_until_month_index
    group by
        account_key,
        is_customer,
        is_parent,
        rate_from_month_index,
        rate_until_month_index,
        month_index
    having sum(arr_change) <> 0

)

select * from final

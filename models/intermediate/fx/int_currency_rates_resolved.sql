-- Grain: one row per currency of lines, invoices and opportunities, with the rate that stands for
-- it today: its plan rate, or its newest published month-end rate.
-- A currency of a line without a rate keeps a null and fails its test: a missing rate is never 1.
-- Invoices and opportunities say so themselves, so theirs has no row.
with lines as (

    select * from {{ ref('int_subscription_lines_unioned') }}

),

invoice_amounts as (

    select * from {{ ref('int_invoice_amounts') }}

),

opportunities as (

    select * from {{ ref('int_crm_opportunities') }}

),

rates as (

    select
        currency,
        rate_to_reporting_currency,
        row_number() over (
            partition by currency order by month_end_date desc nulls last
        ) as newest_first
    from {{ ref('stg_reference__fx_rates') }}
    where
    {%- if fx_mode() == 'plan_rate' %}
        month_end_date is null
    {%- else %}
        {{ month_index('month_end_date') }} <= {{ last_published_month_index() }}
    {%- endif %}

),

line_currencies as (

    select distinct currency
    from lines
    where
        unusable_reason is null
        and term_amount <> 0
        -- a one-time charge needs no rate
        and charge_type in ({{ quoted_list(charge_types_in_arr()) }})

),

other_currencies as (

    select currency from invoice_amounts

    union distinct

    select currency from opportunities

),

currencies as (

    select currency from line_currencies

    union distinct

    select other_currencies.currency
    from other_currencies
    left join rates
        on other_currencies.currency = rates.currency
    where
        rates.currency is not null
        or other_currencies.currency = '{{ reporting_currency() }}'

),

final as (

    select
        currencies.currency,
        case
            when currencies.currency = '{{ reporting_currency() }}' then cast(1 as numeric(18, 8))
            else rates.rate_to_reporting_currency
        end as rate_to_reporting_currency,
        cast(row_number() over (order by currencies.currency nulls last) as integer) as currency_key
    from currencies
    left join rates
        on
            currencies.currency = rates.currency
            and rates.newest_first = 1

)

select * from final

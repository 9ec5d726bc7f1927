-- Grain: one row per currency of lines and per currency with a rate: the rate of today, which is
-- the plan rate or the newest published month-end rate.
-- A currency of a line without a rate keeps a null and fails its test: a missing rate is never 1.
-- Invoices and opportunities without a rate say so themselves.
with kinds as (

    select * from {{ ref('int_charge_kinds') }}

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
    from kinds
    where
        unusable_reason is null
        and has_amounts
        -- a one-time charge needs no rate
        and charge_type in ({{ quoted_list(charge_types_in_arr()) }})

),

-- invoices and opportunities may be in any currency that has a rate
currencies as (

    select currency from line_currencies

    union distinct

    select currency
    from rates
    where rate_to_reporting_currency is not null

    union distinct

    select '{{ reporting_currency() }}' as currency

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

-- Grain: one row per currency of lines, invoices and opportunities, with the rate that stands for it
-- today: its plan rate, or its newest published month-end rate.
-- A currency of money without a rate stops the query: a missing rate is never 1.
with lines as (

    select * from {{ ref('int_subscription_lines_unioned') }}

),

invoice_amounts as (

    select * from {{ ref('int_invoice_amounts_unioned') }}

),
{%- for system in crm_systems() %}

{{ system }}_opportunities as (

    select * from {{ ref('stg_' ~ system ~ '__opportunities') }}

),
{%- endfor %}

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

uses as (

    select
        currency,
        'Line ' || line_id as needed_by
    from lines
    where
        unusable_reason is null
        and term_amount <> 0
        -- a one-time charge needs no rate
        and charge_type in ({{ quoted_list(charge_types_in_arr()) }})

    union all

    select
        currency,
        'Invoice ' || invoice_id as needed_by
    from invoice_amounts
    where amount_in_currency <> 0
    {%- for system in crm_systems() %}

    union all

    -- an opportunity without a rate says so itself
    select
        currency,
        cast(null as {{ dbt.type_string() }}) as needed_by
    from {{ system }}_opportunities
    {%- endfor %}

),

currencies as (

    select
        currency,
        min(needed_by) as needed_by
    from uses
    group by currency

),

final as (

    select
        currencies.currency,
        case
            when currencies.currency = '{{ reporting_currency() }}' then cast(1 as numeric(18, 8))
            when rates.currency is not null then rates.rate_to_reporting_currency
            else cast({{ raise_error(
                "currencies.needed_by || ' is in ' || currencies.currency || ', which has no "
                ~ fx_mode() | replace('_', ' ') ~ ": add one to fx_rates'"
            ) }} as numeric(18, 8))
        end as rate_to_reporting_currency
    from currencies
    left join rates
        on
            currencies.currency = rates.currency
            and rates.newest_first = 1
    where
        currencies.needed_by is not null
        or currencies.currency = '{{ reporting_currency() }}'
        or rates.currency is not null

)

select * from final

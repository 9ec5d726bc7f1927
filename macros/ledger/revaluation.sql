{#- Earlier months at a later rate: how far back a month end looks. -#}

{% macro longest_lookback() %}
    {#- Months between a base and the month end that values it: the longest window, or the two-year cohort. -#}
    {{ return([23, arr_ledger.longest_window()] | max) }}
{% endmacro %}

{% macro balances_seen_from(looks) -%}
    {#- For tests. One row per customer and look: the ARR of month_index at the rates of rate_month_index. Under
        month-end rates from lines and landed rates, and without rows for months without a line. -#}
    {%- if arr_ledger.fx_mode() == 'plan_rate' %}
    select
        balances.customer_key,
        {{ looks }}.month_index,
        {{ looks }}.rate_month_index,
        balances.arr
    from ({{ arr_ledger.months_of_customers() }}) as balances
    inner join {{ looks }}
        on balances.month_index = {{ looks }}.month_index
    {%- else %}
    select
        holdings.customer_key,
        {{ looks }}.month_index,
        {{ looks }}.rate_month_index,
        sum(
            case
                when holdings.currency = '{{ arr_ledger.reporting_currency() }}'
                    then holdings.arr_in_line_currency
                else {{ arr_ledger.converted_amount(
                    'holdings.arr_in_line_currency', 'rates.rate_to_reporting_currency'
                ) }}
            end
        ) as arr
    from {{ ref(arr_ledger.arr_lines()) }} as holdings
    inner join {{ looks }}
        on
            holdings.from_month_index <= {{ looks }}.month_index
            and (
                holdings.until_month_index > {{ looks }}.month_index
                or holdings.until_month_index is null
            )
    left join ({{ arr_ledger.landed_month_rates() }}) as rates
        on
            holdings.currency = rates.currency
            and {{ looks }}.rate_month_index = rates.month_index
    group by holdings.customer_key, {{ looks }}.month_index, {{ looks }}.rate_month_index
    {%- endif %}
{%- endmacro %}

{% macro landed_month_rates() -%}
    {#- One rate per currency and month, for tests: it may land with any day of the month, and with two if they are equal. -#}
    select
        currency,
        {{ arr_ledger.month_index('month_end_date') }} as month_index,
        max(rate_to_reporting_currency) as rate_to_reporting_currency
    from {{ ref('stg_reference__fx_rates') }}
    where month_end_date is not null
    group by currency, {{ arr_ledger.month_index('month_end_date') }}
{%- endmacro %}

{% macro arr_lines() %}
    {#- The model with lines and the customer of their months: the customer of today, or of each month as it was. -#}
    {{ return('int_arr_line_customers' if arr_ledger.hierarchy_mode() == 'as_was' else 'int_arr_lines') }}
{% endmacro %}

{% macro line_periods() %}
    {#- The model with the months in which a customer holds a line at one ARR: cut by rates where they move. -#}
    {{ return('int_arr_line_periods' if arr_ledger.fx_mode() == 'month_end_rate' else arr_ledger.arr_lines()) }}
{% endmacro %}

{% macro spans_at_one_rate() %}
    {#- The model with the spans of accounts at the rates of one month: those of the ledger where rates do not move. -#}
    {{ return('int_account_spans_constant_currency' if arr_ledger.fx_mode() == 'month_end_rate' else 'int_account_spans') }}
{% endmacro %}

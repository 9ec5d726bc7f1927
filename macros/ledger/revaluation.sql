{#- Earlier months at a later rate: how far back a month end looks. -#}

{% macro longest_lookback() %}
    {#- Months between a base and the month end that values it: the longest window, or the two-year cohort. -#}
    {{ return([23, arr_ledger.longest_window()] | max) }}
{% endmacro %}

{% macro months_of_customers() -%}
    {#- For tests, a query. One row per customer, by its key, and published month from its first ARR on. -#}

    select
        spans.account_key as customer_key,
        months.month_index,
        spans.arr
    from {{ ref('int_account_spans') }} as spans
    inner join {{ ref('int_ledger_months') }} as months
        on
            spans.from_month_index <= months.month_index
            and {{ arr_ledger.or_open('spans.until_month_index') }} > months.month_index
    where spans.is_customer
{%- endmacro %}

{% macro segments_of_customers() -%}
    {#- For tests, a query. One row per customer, by its key, and months [from, until) with one set of segments. -#}

    select
        accounts.account_key as customer_key,
        {{- arr_ledger.segments_of('spans') }}
        spans.from_month_index,
        spans.until_month_index
    from {{ ref('int_customer_segment_spans') }} as spans
    inner join {{ ref('int_account_keys') }} as accounts
        on spans.customer_id = accounts.account_id
    where accounts.is_customer
{%- endmacro %}

{% macro lines_in_force(columns) -%}
    {#- For tests, a query. One row per line, customer and months [from, until) at whose ends it is in force at one ARR:
        start <= last day < end, on the account of its customer then; under month-end rates each month is a row of its
        own, valued at the rate landed for its last day. columns: of the lines, beside the customer. -#}
    {%- set as_was = arr_ledger.hierarchy_mode() == 'as_was' %}
    {%- set monthly = arr_ledger.fx_mode() == 'month_end_rate' %}
    {%- set froms = ['months.month_index'] if monthly else [
        arr_ledger.month_index('lines.start_date'), arr_ledger.history_start_month_index()
    ] %}
    {%- set untils = ['months.month_index + 1'] if monthly else [
        'coalesce(' ~ arr_ledger.month_index('lines.counted_until_date') ~ ', ' ~ arr_ledger.open_month_index() ~ ')'
    ] %}
    {%- if as_was %}
    {%- set froms = froms + ['holders.from_month_index'] %}
    {%- set untils = untils + [arr_ledger.or_open('holders.until_month_index')] %}
    {%- endif %}

    select
        {{ 'holders' if as_was else 'lines' }}.customer_key,
        {%- for column in columns %}
        lines.{{ column }},
        {%- endfor %}
        {{ 'greatest(' ~ froms | join(', ') ~ ')' if froms | length > 1 else froms[0] }} as from_month_index,
        {{ 'least(' ~ untils | join(', ') ~ ')' if untils | length > 1 else untils[0] }} as until_month_index,
        {%- if monthly %}
        case
            when lines.currency = '{{ arr_ledger.reporting_currency() }}' then lines.arr_in_line_currency
            else {{ arr_ledger.converted_amount(
                'lines.arr_in_line_currency', 'rates.rate_to_reporting_currency'
            ) }}
        end as arr
        {%- else %}
        lines.arr
        {%- endif %}
    from {{ ref('int_arr_lines') }} as lines
    {%- if as_was %}
    inner join {{ ref('int_line_customer_spans') }} as holders
        on
            lines.source_system = holders.source_system
            and lines.line_id = holders.line_id
    {%- endif %}
    {%- if monthly %}
    inner join {{ ref('int_calendar_months') }} as months
        on
            months.is_published
            and months.month_index >= {{ arr_ledger.history_start_month_index() }}
            and lines.start_date <= months.last_day_date
            and (lines.counted_until_date > months.last_day_date or lines.counted_until_date is null)
    left join {{ ref('stg_reference__fx_rates') }} as rates
        on
            lines.currency = rates.currency
            and months.last_day_date = rates.month_end_date
    {%- endif %}
{%- endmacro %}

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
    left join {{ ref('stg_reference__fx_rates') }} as rates
        on
            holdings.currency = rates.currency
            and {{ looks }}.rate_month_index = {{ arr_ledger.month_index('rates.month_end_date') }}
    group by holdings.customer_key, {{ looks }}.month_index, {{ looks }}.rate_month_index
    {%- endif %}
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
    {{ return('int_account_arr_spans_constant_currency' if arr_ledger.fx_mode() == 'month_end_rate' else 'int_account_spans') }}
{% endmacro %}

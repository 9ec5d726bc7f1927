{#- Months are counted, never added to dates: month_index = year * 12 + month. -#}

{% macro days_in_month(year, month) %}
    {%- set leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) -%}
    {{ return([31, 29 if leap else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]) }}
{% endmacro %}

{% macro month_index(date_expression) %}
    cast(extract(year from ({{ date_expression }})) * 12 + extract(month from ({{ date_expression }})) as integer)
{%- endmacro %}

{% macro add_days(date_expression, days) %}
    {{- return(adapter.dispatch('add_days', 'arr_ledger')(date_expression, days)) -}}
{% endmacro %}

{% macro default__add_days(date_expression, days) %}
    {{- "(" ~ date_expression ~ ") + " ~ days -}}
{% endmacro %}

{% macro spark__add_days(date_expression, days) %}
    {{- "date_add(" ~ date_expression ~ ", " ~ days ~ ")" -}}
{% endmacro %}

{% macro snowflake__add_days(date_expression, days) %}
    {{- "dateadd(day, " ~ days ~ ", " ~ date_expression ~ ")" -}}
{% endmacro %}

{% macro bigquery__add_days(date_expression, days) %}
    {{- "date_add(" ~ date_expression ~ ", interval " ~ days ~ " day)" -}}
{% endmacro %}

{% macro first_day_of_month(date_expression) -%}
    {{ arr_ledger.add_days(date_expression, '1 - cast(extract(day from ' ~ date_expression ~ ') as integer)') }}
{%- endmacro %}

{% macro days_between(from_expression, until_expression) %}
    {#- Days from one date to another; negative where the other is earlier. -#}
    {{- return(adapter.dispatch('days_between', 'arr_ledger')(from_expression, until_expression)) -}}
{% endmacro %}

{% macro default__days_between(from_expression, until_expression) -%}
    (({{ until_expression }}) - ({{ from_expression }}))
{%- endmacro %}

{% macro duckdb__days_between(from_expression, until_expression) -%}
    cast(date_diff('day', {{ from_expression }}, {{ until_expression }}) as integer)
{%- endmacro %}

{% macro spark__days_between(from_expression, until_expression) -%}
    datediff({{ until_expression }}, {{ from_expression }})
{%- endmacro %}

{% macro snowflake__days_between(from_expression, until_expression) -%}
    datediff(day, {{ from_expression }}, {{ until_expression }})
{%- endmacro %}

{% macro bigquery__days_between(from_expression, until_expression) -%}
    date_diff({{ until_expression }}, {{ from_expression }}, day)
{%- endmacro %}

{% macro seconds_between(from_expression, until_expression) -%}
    {#- Seconds from one instant to another, parts of a second cut off both; negative where the other is earlier. -#}
    {{- return(adapter.dispatch('seconds_between', 'arr_ledger')(from_expression, until_expression)) -}}
{%- endmacro %}

{% macro default__seconds_between(from_expression, until_expression) -%}
    cast(floor(extract(epoch from {{ until_expression }})) - floor(extract(epoch from {{ from_expression }})) as bigint)
{%- endmacro %}

{% macro duckdb__seconds_between(from_expression, until_expression) -%}
    date_diff('second', {{ from_expression }}, {{ until_expression }})
{%- endmacro %}

{% macro spark__seconds_between(from_expression, until_expression) -%}
    (unix_timestamp({{ until_expression }}) - unix_timestamp({{ from_expression }}))
{%- endmacro %}

{% macro snowflake__seconds_between(from_expression, until_expression) -%}
    datediff(second, {{ from_expression }}, {{ until_expression }})
{%- endmacro %}

{% macro bigquery__seconds_between(from_expression, until_expression) -%}
    datetime_diff({{ until_expression }}, {{ from_expression }}, second)
{%- endmacro %}

{% macro add_hours(instant_expression, hours) %}
    {#- The instant so many hours later; earlier where they are negative. -#}
    {{- return(adapter.dispatch('add_hours', 'arr_ledger')(instant_expression, hours)) -}}
{% endmacro %}

{% macro default__add_hours(instant_expression, hours) -%}
    ({{ instant_expression }}) + ({{ hours }}) * interval '1 hour'
{%- endmacro %}

{% macro duckdb__add_hours(instant_expression, hours) -%}
    ({{ instant_expression }}) + to_hours({{ hours }})
{%- endmacro %}

{% macro spark__add_hours(instant_expression, hours) -%}
    timestampadd(hour, {{ hours }}, {{ instant_expression }})
{%- endmacro %}

{% macro snowflake__add_hours(instant_expression, hours) -%}
    dateadd(hour, {{ hours }}, {{ instant_expression }})
{%- endmacro %}

{% macro bigquery__add_hours(instant_expression, hours) -%}
    datetime_add({{ instant_expression }}, interval {{ hours }} hour)
{%- endmacro %}

{% macro reporting_date(instant_expression) %}
    {#- The calendar day of a UTC instant in reporting_timezone. -#}
    {{- return(adapter.dispatch('reporting_date', 'arr_ledger')(instant_expression)) -}}
{% endmacro %}

{% macro default__reporting_date(instant_expression) -%}
    cast((({{ instant_expression }}) at time zone 'UTC') at time zone '{{ arr_ledger.reporting_timezone() }}' as date)
{%- endmacro %}

{% macro spark__reporting_date(instant_expression) -%}
    to_date(from_utc_timestamp({{ instant_expression }}, '{{ arr_ledger.reporting_timezone() }}'))
{%- endmacro %}

{% macro snowflake__reporting_date(instant_expression) -%}
    cast(convert_timezone('UTC', '{{ arr_ledger.reporting_timezone() }}', {{ instant_expression }}) as date)
{%- endmacro %}

{% macro bigquery__reporting_date(instant_expression) -%}
    date({{ instant_expression }}, '{{ arr_ledger.reporting_timezone() }}')
{%- endmacro %}

{% macro open_month_index() %}
    {#- Stands for "no end yet" where two spans are compared; later than any month there can be. -#}
    {{ return(99999) }}
{% endmacro %}

{% macro or_open(month_index) -%}
    {#- A month index that may be null for "no end yet", to be compared. -#}
    coalesce({{ month_index }}, {{ arr_ledger.open_month_index() }})
{%- endmacro %}

{% macro or_open_date(date_expression) -%}
    {#- A date that may be null for "no end yet", to be compared. -#}
    coalesce({{ date_expression }}, cast('9999-12-31' as date))
{%- endmacro %}

{% macro month_text(month_index) -%}
    {#- A month index as people read it: 24306 is 2025-06. -#}
    {%- set year = "cast(" ~ arr_ledger.whole_division("(" ~ month_index ~ ") - 1", "12") ~ " as integer)" -%}
    cast({{ year }} as {{ dbt.type_string() }})
    || '-' || lpad(cast({{ month_index }} - 12 * {{ year }} as {{ dbt.type_string() }}), 2, '0')
{%- endmacro %}

{% macro add_months(date_expression, months) %}
    {#- The same day so many months later, or the last day of a shorter month: 31 January plus 1 is 29 February 2024. -#}
    {{- return(adapter.dispatch('add_months', 'arr_ledger')(date_expression, months)) -}}
{% endmacro %}

{% macro default__add_months(date_expression, months) -%}
    cast(({{ date_expression }}) + ({{ months }}) * interval '1 month' as date)
{%- endmacro %}

{% macro duckdb__add_months(date_expression, months) -%}
    cast(({{ date_expression }}) + to_months(cast({{ months }} as integer)) as date)
{%- endmacro %}

{% macro spark__add_months(date_expression, months) -%}
    add_months({{ date_expression }}, cast({{ months }} as int))
{%- endmacro %}

{% macro snowflake__add_months(date_expression, months) -%}
    dateadd(month, {{ months }}, {{ date_expression }})
{%- endmacro %}

{% macro bigquery__add_months(date_expression, months) -%}
    date_add({{ date_expression }}, interval {{ months }} month)
{%- endmacro %}

{#- Who is a customer, and base and now: a base span moved on by a window, laid over a later span of its account. -#}

{% macro is_active(arr) -%}
    {#- Whether an account with this ARR at a month end is a customer then: the one place that decides. -#}
    {{ arr }} > 0
{%- endmacro %}

{% macro is_inactive(arr) -%}
    {#- The opposite: never a customer yet, or churned. -#}
    {{ arr }} <= 0
{%- endmacro %}

{% macro longest_window() %}
    {#- The longest of the retention windows, in months. -#}
    {{ return(arr_ledger.retention_windows() | max) }}
{% endmacro %}

{% macro windows_listed() -%}
    {#- A query: one row per retention window. -#}
    {%- for months in arr_ledger.retention_windows() %}
    select {{ months }} as window_months
    {% if not loop.last %}union all{% endif %}
    {%- endfor %}
{%- endmacro %}

{% macro longest_window_in(from_month_index, until_month_index) -%}
    {#- The longest retention window that is shorter than [from, until), in months; 0 if none is. -#}
    case
            {%- for months in arr_ledger.retention_windows() | sort(reverse=true) %}
            when {{ until_month_index }} - {{ from_month_index }} > {{ months }} then {{ months }}
            {%- endfor %}
            else 0
        end
{%- endmacro %}

{% macro within_rates(month_index) -%}
    {#- The month, moved to the months of its rates: rate_from_month_index to rate_until_month_index. -#}
    greatest(rate_from_month_index, least(rate_until_month_index, {{ month_index }}))
{%- endmacro %}

{% macro moved_on_from(base) -%}
    {#- First month of now in which both stand still. base: from_month_index, until_month_index, their rates from
        rate_from_month_index to rate_until_month_index, and now_from_month_index, now_until_month_index. -#}
    greatest(
            {{ base }}.from_month_index + windows.window_months,
            {{ base }}.now_from_month_index,
            {{ base }}.rate_from_month_index
        )
{%- endmacro %}

{% macro moved_on_until(base) -%}
    {#- First month of now in which one of them does not stand still any more. -#}
    least(
            {{ base }}.until_month_index + windows.window_months,
            {{ base }}.now_until_month_index,
            {{ base }}.rate_until_month_index
        )
{%- endmacro %}

{% macro is_met(base) -%}
    {#- Whether the base, moved on by the window, meets the later span at all. -#}
    {{ base }}.from_month_index + windows.window_months < {{ base }}.now_until_month_index
        and {{ base }}.until_month_index + windows.window_months > {{ base }}.now_from_month_index
    {%- if arr_ledger.fx_mode() == 'month_end_rate' %}
        and {{ base }}.from_month_index + windows.window_months < {{ base }}.rate_until_month_index
        and {{ base }}.until_month_index + windows.window_months > {{ base }}.rate_from_month_index
        and {{ base }}.now_from_month_index < {{ base }}.rate_until_month_index
        and {{ base }}.now_until_month_index > {{ base }}.rate_from_month_index
    {%- endif %}
{%- endmacro %}

{% macro retention_changes() %}
    {#- What int_retention_changes adds up, from three kinds of rows. -#}
    {{ return([
        'base_arr', 'base_customers', 'net_arr', 'gross_arr', 'retained_customers', 'broken_net_arr',
        'broken_gross_arr', 'dipped_arr'
    ]) }}
{% endmacro %}

{% macro sides_listed() -%}
    {#- A query: 1 for what begins, -1 for what ends. -#}

    select 1 as sign
    union all
    select -1 as sign
{%- endmacro %}

{% macro signed(amount) -%}
    {#- An amount that enters with the side that begins and leaves with the one that ends. Not a product with the sign, which
        would be a wider decimal and slower. -#}
    case when sides.sign = 1 then {{ amount }} else -({{ amount }}) end
{%- endmacro %}

{% macro begun_or_ended(from_month_index, until_month_index) -%}
    {#- The month of a side: where sides.sign is 1 the first, where it is -1 the one in which nothing holds any more. -#}
    case when sides.sign = 1 then {{ from_month_index }} else {{ until_month_index }} end
{%- endmacro %}

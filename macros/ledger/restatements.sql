{#- Later knowledge about a closed month: its causes, and what a person reads beside each. -#}

{% macro restatement_causes() %}
    {#- The columns of as-reported to as-restated, in the order they are read; the list is restatement_causes.csv. -#}
    {{ return([
        'deleted_row', 'backdated_line', 'late_renewal', 'late_cancellation', 'changed_dates', 'changed_amount',
        'changed_rate', 'changed_charge', 'changed_customer', 'grace_lapsed', 'changed_policy'
    ]) }}
{% endmacro %}

{% macro restatement_detail() -%}
    {#- What was reported and what is known, in words; over the columns of int_restated_lines and a cause. -#}
    {%- set text = dbt.type_string() -%}
    {%- set end_of_service = "cast(known_end_date as " ~ text ~ ")" -%}
    {%- set known_end = "coalesce(" ~ end_of_service ~ ", 'open')" -%}
    {%- set reported_end = "coalesce(cast(reported_end_date as " ~ text ~ "), 'open')" -%}
    case cause
            when 'deleted_row' then 'its row was deleted'
            when 'backdated_line'
                then 'no closing had it; starts ' || cast(known_start_date as {{ text }})
            when 'late_renewal' then 'ended ' || {{ end_of_service }} || ', renewed within the grace days'
            when 'late_cancellation'
                then 'ends ' || {{ end_of_service }} || ' instead of ' || {{ reported_end }}
            when 'changed_dates'
                then 'runs ' || cast(known_start_date as {{ text }}) || ' to ' || {{ known_end }}
                || case
                    when reported_start_date is null then ''
                    else ' instead of ' || cast(reported_start_date as {{ text }}) || ' to ' || {{ reported_end }}
                end
            when 'changed_amount'
                then cast(known_arr_in_line_currency as {{ text }}) || ' ' || known_currency || ' instead of '
                || cast(reported_arr_in_line_currency as {{ text }}) || ' ' || reported_currency
            when 'changed_rate' then 'other rate of ' || known_currency
            when 'changed_charge' then 'does not count any more: ' || exclusion_reason
            when 'changed_customer'
                then 'from ' || reported_customer_id || ' to ' || restated_customer_id
            when 'grace_lapsed' then 'ended ' || {{ known_end }} || ', not renewed within the grace days'
            else 'same row, same rate, other rules'
        end
{%- endmacro %}

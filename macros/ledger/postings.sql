{#- What a posting is: a contract that begins or ends, a new exchange rate, a hand-over between customers. -#}

{% macro is_posted(posting_type) %}
    {#- Whether the variables let a posting of this type happen at all. -#}
    {{ return({
        'fx': arr_ledger.fx_mode() == 'month_end_rate',
        'transfer': arr_ledger.hierarchy_mode() == 'as_was',
    }[posting_type]) }}
{% endmacro %}

{% macro posted_by(posting_type) -%}
    {#- Sum of arr_change over the postings of one type; a constant where the variables rule the type out. -#}
    {%- if arr_ledger.is_posted(posting_type) -%}
        cast(sum(case when posting_type = '{{ posting_type }}' then arr_change else 0 end) as {{ arr_ledger.type_money() }})
    {%- else -%}
        cast(0 as {{ arr_ledger.type_money() }})
    {%- endif -%}
{%- endmacro %}

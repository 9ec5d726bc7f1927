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

{% macro postings_of_lines() -%}
    {#- A query: one row per line, span of months at one ARR and side, with what it adds to ARR or takes from it. A line adds
        its ARR in its first month and takes it away in the first month it no longer counts. -#}

    select
        periods.*,
        sides.sign,
        case when sides.sign = 1 then periods.opened_by else periods.closed_by end as posting_type,
        {{ arr_ledger.begun_or_ended('periods.from_month_index', 'periods.until_month_index') }} as month_index,
        {{ arr_ledger.signed('periods.arr') }} as arr_change
    from {{ ref(arr_ledger.line_periods()) }} as periods
    cross join ({{ arr_ledger.sides_listed() }}) as sides
{%- endmacro %}

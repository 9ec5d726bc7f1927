{#- Merges under the policy hierarchy_mode. -#}

{% macro record_holders(spans) -%}
    {#- A query over int_surviving_record_spans: who holds a record that is merged into another. As it was, month by month; else
        today's holder for all months. -#}

    select
        record_system,
        record_id,
        holder_record_id,
        {{ 'from_month_index' if arr_ledger.hierarchy_mode() == 'as_was' else '0' }} as from_month_index,
        until_month_index
    from {{ spans }}
    {%- if arr_ledger.hierarchy_mode() == 're_presented' %}
    where until_month_index is null
    {%- endif %}
{%- endmacro %}

{#- Columns of a customer that segment_columns names; no model knows their names. -#}

{% macro segments_of(relation=none) -%}
    {#- The segment columns of a relation, or of the only one, each with a comma behind it. -#}
    {%- for column in arr_ledger.segment_columns() %}
        {{ relation ~ '.' if relation }}{{ column }},
    {%- endfor -%}
{%- endmacro %}

{% macro known_segments_of(relation=none) -%}
    {#- The same, 'unknown' where they are empty. -#}
    {%- for column in arr_ledger.segment_columns() %}
        coalesce(nullif({{ relation ~ '.' if relation }}{{ column }}, ''), 'unknown') as {{ column }},
    {%- endfor -%}
{%- endmacro %}

{% macro crm_says(column) %}
    {#- True where the CRM has a field for the segment column; else billing says. -#}
    {{ return(arr_ledger.salesforce_field(column) != '') }}
{% endmacro %}

{% macro no_segments() -%}
    {#- The segment columns of rows that have none, each a typed null with a comma behind it. -#}
    {%- for column in arr_ledger.segment_columns() %}
        cast(null as {{ dbt.type_string() }}) as {{ column }},
    {%- endfor -%}
{%- endmacro %}

{% macro leading_segment() %}
    {#- The first of segment_columns: renewal rates, targets and benchmarks are reported by it; 'all' without any. -#}
    {{ return((arr_ledger.segment_columns() + ['all'])[0]) }}
{% endmacro %}

{% macro leading_segment_of(relation) -%}
    {#- Its value in a relation. -#}
    {{ relation ~ "." ~ arr_ledger.leading_segment() if arr_ledger.segment_columns() else "'all'" }}
{%- endmacro %}

{% macro unknown_segment_set() %}
    {#- Key of the set in which nothing is known of a customer: 'unknown' in every column, without owners. -#}
    {{ return(0) }}
{% endmacro %}

{% macro segment_set_at(relation, sets, month_index, customer_id='customer_id') -%}
    {#- The join of the set a customer is in at a month, by the customer's id, or by its number where that is given. -#}
    left join {{ sets }}
        on
            {{ relation }}.{{ customer_id }} = {{ sets }}.{{ 'customer_key' if customer_id.endswith('_key') else 'customer_id' }}
            and {{ month_index }} >= {{ sets }}.from_month_index
            and {{ month_index }} < {{ arr_ledger.or_open(sets ~ '.until_month_index') }}
{%- endmacro %}

{% macro columns_named_by(what) %}
    {#- For tests: the names of the segment columns, of the peer columns, or none. -#}
    {{ return({'segment_columns': arr_ledger.segment_columns(), 'peer_columns': arr_ledger.peer_columns()}.get(what, [])) }}
{% endmacro %}

{% macro named_ever(columns, key) -%}
    {#- Columns any_<column>, each with a comma behind it: null where no version of the key names a value. -#}
    {%- for column in columns %}
        max({{ column }}) over (partition by {{ key }}) as any_{{ column }},
    {%- endfor -%}
{%- endmacro %}

{% macro kept_or_of_today(columns, versions, today) -%}
    {#- What versions never name they do not keep: there today's value holds for all months. Columns of named_ever, each
        with a comma behind it. -#}
    {%- for column in columns %}
        case
            when {{ versions }}.any_{{ column }} is null then {{ today }}.{{ column }}
            else {{ versions }}.{{ column }}
        end as {{ column }},
    {%- endfor -%}
{%- endmacro %}

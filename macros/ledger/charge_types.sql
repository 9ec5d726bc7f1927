{% macro charge_types() %}
    {#- What a charge can be; a line of any other word is excluded and reported. -#}
    {{ return(['recurring', 'one_time', 'usage', 'trial', 'services']) }}
{% endmacro %}

{% macro is_kind_of_line(kinds, lines, billing_system) -%}
    {#- Whether a row of int_charge_kinds is the kind of a canonical line of a billing system. Nulls are equal. -#}
    {{ kinds }}.source_system = '{{ billing_system }}'
            and {{ lines }}.source_table = {{ kinds }}.source_table
            and {{ lines }}.product_id = {{ kinds }}.product_id
            {%- for column in ['plan_tier', 'currency', 'charge_type', 'unusable_reason'] %}
            and {{ lines }}.{{ column }} is not distinct from {{ kinds }}.{{ column }}
            {%- endfor %}
{%- endmacro %}

{% macro has_subscription_items() %}
    {#- Whether a billing system that is on has items: lines of several rows that change in place. -#}
    {{ return('stripe' in arr_ledger.billing_systems()) }}
{% endmacro %}

{% macro products_of_kinds() -%}
    {#- A query: one row per product that a line names, its number and its family's, and the ids of both. -#}

    select distinct
        product_key,
        product_id,
        product_family_key,
        product_family
    from {{ ref('int_charge_kinds') }}
{%- endmacro %}

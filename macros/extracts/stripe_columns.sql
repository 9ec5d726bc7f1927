{#- Expressions that several staging models of Stripe share. -#}

{% macro open_instant(column) -%}
    {#- A UTC instant; null where the loader writes the year 9999 for an open end. -#}
    case
            when cast({{ column }} as {{ dbt.type_timestamp() }})
                < cast('9999-01-01' as {{ dbt.type_timestamp() }})
                then cast({{ column }} as {{ dbt.type_timestamp() }})
        end
{%- endmacro %}

{% macro metadata_text(variable) -%}
    {#- The text that Stripe metadata holds under the key that a policy variable names; null without one. -#}
    {{ arr_ledger.metadata_text_of(arr_ledger.metadata_key(variable)) }}
{%- endmacro %}

{% macro metadata_text_of(key) -%}
    {#- The text that Stripe metadata holds under a key, without blanks around it; null without one. People type it by hand. -#}
    trim({{ arr_ledger.json_text('cast(metadata as ' ~ dbt.type_string() ~ ')', key) }})
{%- endmacro %}

{% macro precise_amount(whole, precise) -%}
    {#- Minor units: the whole ones where there are any, else those with decimals; loaders write 0 or nothing for the former. -#}
    coalesce(
            cast(nullif({{ whole }}, 0) as numeric(24, 12)),
            cast({{ precise }} as numeric(24, 12)),
            cast({{ whole }} as numeric(24, 12))
        )
{%- endmacro %}

{% macro without_characters(text, characters) -%}
    {#- A text without any of the characters. -#}
    {{ characters | list | length * 'replace(' }}{{ text }}
    {%- for character in characters | list %}, '{{ character }}', ''){% endfor %}
{%- endmacro %}

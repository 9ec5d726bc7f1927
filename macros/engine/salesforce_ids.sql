{#- Ids of Salesforce: 15 characters name a record, 18 are the same with a checksum. -#}

{% macro is_salesforce_id(id) -%}
    {#- True for 15 or 18 letters and digits. -#}
    length({{ id }}) in (15, 18)
    and length(translate(
        lower({{ id }}), 'abcdefghijklmnopqrstuvwxyz0123456789', ''
    )) = 0
{%- endmacro %}

{% macro salesforce_id_key(id) -%}
    {#- What names the record in an id of either form: its first 15 characters. -#}
    substring({{ id }}, 1, 15)
{%- endmacro %}

{% macro version_in_force_first(versions, id) -%}
    {#- Orders the versions of a record: the one in force, then the newest; the longer id where a row landed under both. -#}
    {{ versions }}.is_active_version desc nulls last,
                {{ versions }}.version_started_at desc nulls last,
                length({{ versions }}.{{ id }}) desc nulls last
{%- endmacro %}

{% macro named_record(id) -%}
    {#- The id by which a row names another record, without blanks around it; null where it names none: empty, a word for
        nothing, or zeros, which the data export of Salesforce writes for an empty lookup. -#}
    case
            when lower(trim({{ id }})) not in (
                '', 'null', 'none', 'nan', 'n/a', 'na', '-', '000000000000000', '000000000000000aaa'
            ) then trim({{ id }})
        end
{%- endmacro %}

{% macro lookup_id(column) -%}
    {#- The record that a lookup field of Salesforce names. -#}
    {{ arr_ledger.named_record('cast(' ~ column ~ ' as ' ~ dbt.type_string() ~ ')') }}
{%- endmacro %}

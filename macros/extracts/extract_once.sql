{#- One row per key, whatever a loader delivered twice. -#}

{% macro extract_once(
    system, table, or_else=none, in_sample=true, key=none, repeated_keys=none, tells_contradiction=false
) %}
    {#- A query over an extract: the columns that are read, one row per key (default: the declared key; 'every_column' where
        a row has no versions and only rows alike in all are one). Of several rows
        of a key the one in force speaks, then the newest. tells_contradiction adds is_contradicted: another row, as new,
        says something else.
        Only keys that repeat are sorted, so that a table without repeats costs one count of its keys; a long table that
        is read several times has that count in a model of its own, which repeated_keys names. -#}
    {%- set relation = arr_ledger.extract(system, table, or_else, in_sample) -%}
    {%- set columns = arr_ledger.extract_columns(system, table, or_else, in_sample) -%}
    {%- set uncontradicted = ',\n        false as is_contradicted' if tells_contradiction else '' -%}
    {%- if not execute or relation is string -%}
        {{ return('select\n        ' ~ columns ~ uncontradicted ~ '\n    from ' ~ relation) }}
    {%- elif key == 'every_column' -%}
        {{ return('select distinct\n        ' ~ columns ~ uncontradicted ~ '\n    from ' ~ relation) }}
    {%- endif -%}
    {%- set names, texts = [], [] -%}
    {%- for column in arr_ledger.columns_to_read(system, table) -%}
        {%- set name = column.read_as or column.name -%}
        {%- do names.append(name) -%}
        {#- a text may have landed as JSON, which not every engine compares -#}
        {%- do texts.append('cast(' ~ name ~ ' as ' ~ dbt.type_string() ~ ') as ' ~ name
            if column.data_type == 'text' else name) -%}
    {%- endfor -%}
    {%- set keys = key or arr_ledger.declared_key(system, table) -%}
    {%- set as_new = arr_ledger.newest_row_first(names, keys) -%}
    {%- set landed = '(select ' ~ columns ~ ', ' ~ arr_ledger.loaded_at(relation) ~ ' as loaded_at from ' ~ relation ~ ') as landed' -%}
    {%- set repeated = (repeated_keys or '(' ~ arr_ledger.keys_of_several_rows(landed, keys[0]) ~ ')')
        ~ ' as repeated on landed.' ~ keys[0] ~ ' = repeated.repeated_key' -%}
    select
        {{ texts | join(',\n        ') }}{{ uncontradicted }}
    from {{ landed }}
    left join {{ repeated }}
    where repeated.repeated_key is null

    union all

    select
        {{ names | join(',\n        ') }}
        {%- if tells_contradiction %},
        equally_new > 1 as is_contradicted
        {%- endif %}
    from (
        select
            *,
            row_number() over (
                partition by {{ keys | join(', ') }}
                order by {{ as_new | join(' desc nulls last, ') }} desc nulls last, {{ names | join(' nulls last, ') }} nulls last
            ) as newest_first
            {%- if tells_contradiction %},
            count(*) over (partition by {{ (keys + as_new) | join(', ') }}) as equally_new
            {%- endif %}
        from (
            select {{- ' distinct' if tells_contradiction }}
                {{ texts | join(',\n                ') }},
                loaded_at
            from {{ landed }}
            inner join {{ repeated }}
        ) as versions
    ) as ranked
    where newest_first = 1
{%- endmacro %}

{% macro repeated_keys(system, table) %}
    {#- A query: the keys of an extract, by its first key column, that several landed rows have. -#}
    {%- set relation = arr_ledger.extract(system, table) -%}
    {%- if not execute -%}
        {{ return('select * from ' ~ relation) }}
    {%- endif -%}
    {%- set landed = '(select ' ~ arr_ledger.extract_columns(system, table) ~ ' from ' ~ relation ~ ') as landed' -%}
    {{ return(arr_ledger.keys_of_several_rows(landed, arr_ledger.declared_key(system, table)[0])) }}
{% endmacro %}

{% macro keys_of_several_rows(landed, key) %}
    {{ return('select ' ~ key ~ ' as repeated_key from ' ~ landed ~ ' group by ' ~ key ~ ' having count(*) > 1') }}
{% endmacro %}

{% macro declared_key(system, table) %}
    {#- The columns that are the key of an extract, as its property file says. -#}
    {{ return(arr_ledger.columns_to_read(system, table) | selectattr('is_key') | map(attribute='name') | list) }}
{% endmacro %}

{% macro newest_row_first(names, keys) %}
    {#- What makes a row newer than another of its key, each descending. -#}
    {%- set newest = [] -%}
    {%- if '_fivetran_start' in names and '_fivetran_start' not in keys -%}
        {#- of versions the one in force; one that is loaded again is not in force any more -#}
        {%- do newest.extend(['coalesce(cast(_fivetran_active as boolean), true)', '_fivetran_start']) -%}
    {%- endif -%}
    {%- do newest.append('loaded_at') -%}
    {{ return(newest) }}
{% endmacro %}

{% macro loaded_at(relation) %}
    {#- When the loader wrote a row: the column of Fivetran, Airbyte or Singer; null where the table has none. -#}
    {%- for name in arr_ledger.landed_columns(relation) or []
        if name | lower in ['_fivetran_synced', '_airbyte_extracted_at', '_sdc_batched_at'] -%}
        {{ return('cast(' ~ name ~ ' as ' ~ dbt.type_timestamp() ~ ')') }}
    {%- endfor -%}
    {{ return('cast(null as ' ~ dbt.type_timestamp() ~ ')') }}
{% endmacro %}

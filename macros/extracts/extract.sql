{#- The only door to raw data. -#}

{% macro extract(system, table, or_else=none, in_sample=true) %}
    {#- The relation that holds a table of a source system: its sample seed, its raw table, or an empty stand-in
        where an optional table never landed. or_else names the table that older connections land instead; one of
        the two must be there. in_sample: false where the sample company has no such table. -#}
    {%- if arr_ledger.use_sample_extracts() and in_sample -%}
        {{ return(ref('arr_ledger', 'sample_' ~ system ~ '__' ~ table)) }}
    {%- endif -%}
    {%- set relation = source(system, table) -%}
    {%- set older_relation = source(system, or_else) if or_else else none -%}
    {%- if execute and not arr_ledger.is_landed(relation) -%}
        {%- if or_else and arr_ledger.is_landed(older_relation) -%}
            {{ return(older_relation) }}
        {%- elif not or_else and arr_ledger.declared_extract(system, table).config.meta.is_optional -%}
            {{ return('(select 1 as nothing from (select 1 as nothing) as one_row where 1 = 0) as not_landed') }}
        {%- endif -%}
        {{ exceptions.raise_compiler_error(
            "Table " ~ relation ~ " is not there; " ~ system ~ " needs it. Land the extract"
            ~ " (arr-ledger land --extracts DIR) or take " ~ system ~ " out of the systems that are on."
        ) }}
    {%- endif -%}
    {{ return(relation) }}
{% endmacro %}

{% macro is_landed(relation) %}
    {{ return(load_relation(relation) is not none or adapter.dispatch('is_in_database', 'arr_ledger')(relation)) }}
{% endmacro %}

{% macro default__is_in_database(relation) %}
    {{ return(false) }}
{% endmacro %}

{% macro duckdb__is_in_database(relation) %}
    {#- dbt lists a raw schema when a model first asks for it, and another thread can find that list half filled: a table
        that the list lacks is looked up in the database before it counts as never landed; of a table that is not there,
        this adapter says no columns. -#}
    {{ return(adapter.get_columns_in_relation(relation) | length > 0) }}
{% endmacro %}

{% macro extract_columns(system, table, or_else=none, in_sample=true) %}
    {#- The columns of an extract that are read, by name. A loader leaves out what never had a value: such a column is a
        typed null where it is optional and an error where it is required. A column whose name is a reserved word
        (quote: true) is quoted in the case in which it landed and goes by meta.read_as from here on. A row that the loader
        marks as deleted (_fivetran_deleted) is not in force. -#}
    {%- set relation = arr_ledger.extract(system, table, or_else, in_sample) -%}
    {%- if not execute -%}
        {{ return('*') }}
    {%- endif -%}
    {%- set landed_names = [] if relation is string else arr_ledger.landed_columns(relation) -%}
    {%- set landed = none if landed_names is none else landed_names | map('lower') | list -%}
    {%- set lines = [] -%}
    {%- for column in arr_ledger.columns_to_read(system, table) -%}
        {%- if column.quote and (landed is none or column.name in landed) -%}
            {%- set landed_name = column.name if landed is none else landed_names[landed.index(column.name)] -%}
            {%- do lines.append(adapter.quote(landed_name) ~ ' as ' ~ column.read_as) -%}
        {%- elif column.name == '_fivetran_active' and '_fivetran_deleted' in (landed or []) -%}
            {%- do lines.append(('coalesce(cast(_fivetran_active as boolean), true) and ' if column.name in landed else '')
                ~ 'not coalesce(cast(_fivetran_deleted as boolean), false) as _fivetran_active') -%}
        {%- elif landed is none or column.name in landed -%}
            {%- do lines.append(column.name) -%}
        {%- elif column.is_required and relation is not string -%}
            {{ exceptions.raise_compiler_error(
                "Table " ~ relation ~ " has no column " ~ column.name ~ ", which " ~ system ~ " needs; it has: "
                ~ landed | join(", ") ~ "."
            ) }}
        {%- else -%}
            {%- do lines.append('cast(null as ' ~ arr_ledger.extract_type(column.data_type) ~ ') as ' ~ (column.read_as or column.name)) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(lines | join(',\n        ')) }}
{% endmacro %}

{% macro landed_columns(relation) %}
    {#- The names of the columns that landed; none for a sample seed that is not loaded yet (lint, docs), which counts as
        having every declared column. A unit test says here which columns its rows have. -#}
    {%- if not relation.is_cte and arr_ledger.is_landed(relation) -%}
        {{ return(adapter.get_columns_in_relation(relation) | map(attribute='name') | list) }}
    {%- endif -%}
    {{ return(none) }}
{% endmacro %}

{% macro columns_to_read(system, table) %}
    {#- The declared columns of an extract, and those of the company's own that policy variables name. A unit test, to which
        dbt gives no graph, says here what is declared. -#}
    {%- set columns = [] -%}
    {%- for column in arr_ledger.declared_extract(system, table).columns.values() -%}
        {%- do columns.append({
            'name': column.name, 'data_type': column.data_type, 'quote': column.quote,
            'read_as': column.config.meta.read_as, 'is_key': column.config.meta.is_key,
            'is_required': column.config.meta.is_required,
        }) -%}
    {%- endfor -%}
    {%- set names = columns | map(attribute='name') | list -%}
    {%- for name in arr_ledger.own_columns(system, table) if name and name not in names -%}
        {%- do names.append(name) -%}
        {%- do columns.append(
            {'name': name, 'data_type': 'text', 'is_required': system == 'salesforce' and table in ['account', 'opportunity']}
        ) -%}
    {%- endfor -%}
    {{ return(columns) }}
{% endmacro %}

{% macro own_columns(system, table) %}
    {#- The columns of an extract that a company names itself: the segment columns of its customers, its own CRM fields. -#}
    {%- if system == 'custom_billing' and table in ['customers', 'customer_versions'] -%}
        {{ return(arr_ledger.segment_columns()) }}
    {%- elif system == 'salesforce' and table in ['account', 'account_history'] -%}
        {%- set fields = [] -%}
        {%- for column in arr_ledger.segment_columns() + ['csm_owner_id', 'am_owner_id'] -%}
            {%- do fields.append(arr_ledger.salesforce_field(column)) -%}
        {%- endfor -%}
        {{ return(fields) }}
    {%- elif system == 'salesforce' and table == 'opportunity' -%}
        {{ return([arr_ledger.salesforce_field('sourcing_team'), arr_ledger.salesforce_field('term_months')]) }}
    {%- endif -%}
    {{ return([]) }}
{% endmacro %}

{% macro declared_extract(system, table) %}
    {#- The property file entry of an extract: columns, types, what is required. -#}
    {{ return(graph.sources.values()
        | selectattr('package_name', 'equalto', 'arr_ledger')
        | selectattr('source_name', 'equalto', system) | selectattr('name', 'equalto', table) | first) }}
{% endmacro %}

{% macro extract_type(declared) %}
    {#- The engine's word for a type as property files of extracts write it. -#}
    {{ return({'text': dbt.type_string(), 'timestamp': dbt.type_timestamp()}.get(declared, declared)) }}
{% endmacro %}

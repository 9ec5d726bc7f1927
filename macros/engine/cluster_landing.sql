{#- Raw tables on a cluster. arr-ledger land checks and quarantines on the machine it runs on, and writes what landed as
    Parquet files to a folder that the cluster reaches too; this makes tables of them. -#}

{% macro load_raw_tables(folder, tables) %}
    {#- folder: URI of the folder as the cluster calls it, such as s3a://lake/arr_ledger. tables: {schema, name, columns}, where
        columns maps each name to its type on the cluster; the files are folder/schema/name.parquet. Each table is replaced in
        one step, the tables one after the other; until all are there, landing.state says so and a build is refused. Tables of
        these schemas that are not named are dropped. -#}
    {{ arr_ledger.refuse_other_engines('load_raw_tables') }}
    {%- do arr_ledger.tell_cluster('create schema if not exists landing') -%}
    {%- do arr_ledger.tell_cluster('create table if not exists landing.state (is_complete boolean, changed_at timestamp) using iceberg') -%}
    {%- do arr_ledger.say_landed(false) -%}
    {%- set schemas = tables | map(attribute='schema') | unique | list -%}
    {%- for schema in schemas -%}
        {%- do arr_ledger.tell_cluster('create schema if not exists ' ~ schema) -%}
    {%- endfor -%}
    {%- for table in tables -%}
        {%- set casts = [] -%}
        {%- for name, type in table.columns.items() -%}
            {%- do casts.append('cast(`' ~ name ~ '` as ' ~ type ~ ') as `' ~ name ~ '`') -%}
        {%- endfor -%}
        {%- do arr_ledger.tell_cluster('create or replace table ' ~ table.schema ~ '.`' ~ table.name ~ '` using iceberg as select '
            ~ casts | join(', ') ~ ' from parquet.`' ~ folder ~ '/' ~ table.schema ~ '/' ~ table.name ~ '.parquet`') -%}
    {%- endfor -%}
    {#- what landed before and is not there any more would be read as if it were -#}
    {%- for schema in schemas -%}
        {%- set landed = tables | selectattr('schema', 'equalto', schema) | map(attribute='name') | list -%}
        {%- for name in arr_ledger.names_in('tables', schema) if name not in landed -%}
            {%- do arr_ledger.tell_cluster('drop table ' ~ schema ~ '.`' ~ name ~ '`') -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- do arr_ledger.say_landed(true) -%}
    {%- do log(tables | length ~ ' raw tables loaded from ' ~ folder, info=true) -%}
{% endmacro %}

{% macro say_landed(is_complete) %}
    {#- Whether every raw table is of one landing. -#}
    {%- do arr_ledger.tell_cluster('insert overwrite landing.state values (' ~ is_complete ~ ', current_timestamp())') -%}
{% endmacro %}

{% macro refuse_half_landed() %}
    {#- Before every run on a cluster: raw tables of two landings are not built. -#}
    {%- if execute and target.type == 'spark' and not arr_ledger.use_sample_extracts() -%}
        {%- set state = adapter.get_relation(database=none, schema='landing', identifier='state') -%}
        {%- if state is not none and arr_ledger.ask_cluster('select min(is_complete) from ' ~ state) | string | lower == 'false' -%}
            {{ exceptions.raise_compiler_error(
                "The last landing on the cluster did not end: some raw tables are of it and some of the one before. "
                ~ "Run arr-ledger land again, then build."
            ) }}
        {%- endif -%}
    {%- endif -%}
{% endmacro %}

{% macro refuse_other_engines(name) %}
    {%- if target.type != 'spark' -%}
        {{ exceptions.raise_compiler_error(
            name ~ " is for the target spark; with DuckDB, arr-ledger refresh lands, builds and publishes."
        ) }}
    {%- endif -%}
{% endmacro %}

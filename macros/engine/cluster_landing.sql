{#- Raw tables on a cluster. arr-ledger land checks and quarantines on the machine it runs on, and writes what landed as
    Parquet files to a folder that the cluster reaches too; this makes tables of them. -#}

{% macro load_raw_tables(folder, tables) %}
    {#- folder: URI of the folder as the cluster calls it, such as s3a://lake/arr_ledger. tables: {schema, name, columns}, where
        columns maps each name to its type on the cluster; the files are folder/schema/name.parquet. Each table is replaced in
        one step, the tables one after the other: build when this has ended. Tables of these schemas that are not named are
        dropped. -#}
    {{ arr_ledger.refuse_other_engines('load_raw_tables') }}
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
    {%- do log(tables | length ~ ' raw tables loaded from ' ~ folder, info=true) -%}
{% endmacro %}

{% macro refuse_other_engines(name) %}
    {%- if target.type != 'spark' -%}
        {{ exceptions.raise_compiler_error(
            name ~ " is for the target spark; with DuckDB, arr-ledger refresh lands, builds and publishes."
        ) }}
    {%- endif -%}
{% endmacro %}

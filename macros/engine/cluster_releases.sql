{#- Releases on a cluster. The marts of each release are kept side by side, one partition a release; readers ask views in the
    schema `released`, which show the release that the one row of releases.served names. To publish, and to go back, is to
    replace that row: one commit, seen whole or not at all. -#}

{% macro publish_release(keep=3) %}
    {#- Run it after a dbt build that passed. keep: releases that stay for a rollback, the new one among them. -#}
    {{ arr_ledger.refuse_other_engines('publish_release') }}
    {%- for schema in ['releases', 'released'] -%}
        {%- do arr_ledger.tell_cluster('create schema if not exists ' ~ schema) -%}
    {%- endfor -%}
    {%- do arr_ledger.tell_cluster('create table if not exists releases.published'
        ~ ' (release_id bigint, as_of_date date, published_at timestamp) using iceberg') -%}
    {%- do arr_ledger.tell_cluster('create table if not exists releases.served (release_id bigint) using iceberg') -%}
    {%- set newest = arr_ledger.ask_cluster('select coalesce(max(release_id), 0) from releases.published') | int -%}
    {%- set release = newest + 1 -%}
    {%- set kept = arr_ledger.names_in('tables', 'releases') -%}
    {%- set shown = arr_ledger.names_in('views', 'released') -%}
    {%- set marts, views_to_replace = [], [] -%}
    {%- for node in graph.nodes.values() if node.resource_type == 'model' and node.package_name == 'arr_ledger'
        and node.fqn[1] == 'marts' -%}
        {%- set mart = api.Relation.create(schema=node.schema, identifier=node.alias) -%}
        {%- set columns = adapter.get_columns_in_relation(mart) -%}
        {%- set view = arr_ledger.keep_mart(mart, columns, release, kept) -%}
        {%- do marts.append(node.alias) -%}
        {%- if node.alias not in shown -%}
            {%- do arr_ledger.tell_cluster(view.sql) -%}
        {%- elif view.is_changed -%}
            {%- do views_to_replace.append(view.sql) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- do arr_ledger.tell_cluster("insert into releases.published values (" ~ release ~ ", date '"
        ~ arr_ledger.as_of().isoformat() ~ "', current_timestamp())") -%}
    {#- the one step -#}
    {%- do arr_ledger.serve_release(release) -%}
    {%- for sql in views_to_replace -%}
        {%- do arr_ledger.tell_cluster(sql) -%}
    {%- endfor -%}
    {%- for name in shown if name not in marts -%}
        {%- do arr_ledger.tell_cluster('drop view released.' ~ name) -%}
    {%- endfor -%}
    {%- for name in marts -%}
        {%- do arr_ledger.tell_cluster('delete from releases.' ~ name ~ ' where release_id <= ' ~ (release - keep)) -%}
    {%- endfor -%}
    {%- do arr_ledger.tell_cluster('delete from releases.published where release_id <= ' ~ (release - keep)) -%}
    {%- do log('Release ' ~ release ~ ' is served: ' ~ marts | length ~ ' marts in the schema released.', info=true) -%}
{% endmacro %}

{% macro roll_back_release(release=none) %}
    {#- Serves the release before the one that is served, or the one named. -#}
    {{ arr_ledger.refuse_other_engines('roll_back_release') }}
    {%- set served = arr_ledger.ask_cluster('select max(release_id) from releases.served') -%}
    {%- set wanted = release if release is not none else arr_ledger.ask_cluster(
        'select max(release_id) from releases.published where release_id < ' ~ served) -%}
    {%- set found = arr_ledger.ask_cluster(
        'select count(*) from releases.published where release_id = ' ~ (wanted if wanted is not none else -1)) | int -%}
    {%- if not found -%}
        {{ exceptions.raise_compiler_error(
            "There is no release " ~ (wanted if wanted is not none else "before " ~ served)
            ~ " to go back to; select * from releases.published lists those that are kept."
        ) }}
    {%- endif -%}
    {%- do arr_ledger.serve_release(wanted) -%}
    {%- do log('Release ' ~ wanted ~ ' is served again, in place of ' ~ served ~ '.', info=true) -%}
{% endmacro %}

{% macro keep_mart(mart, columns, release, kept) %}
    {#- Copies a mart into the partition of a release; returns the view that shows the served one, and whether its
        columns are others than before. -#}
    {%- set table = 'releases.' ~ mart.identifier -%}
    {%- set names = [] -%}
    {%- for column in columns -%}
        {%- do names.append('`' ~ column.name ~ '`') -%}
    {%- endfor -%}
    {%- set rows = 'select cast(' ~ release ~ ' as bigint) as release_id, ' ~ names | join(', ') ~ ' from ' ~ mart -%}
    {%- set is_changed = false -%}
    {%- if mart.identifier not in kept -%}
        {%- do arr_ledger.tell_cluster('create table ' ~ table ~ ' using iceberg partitioned by (release_id) as ' ~ rows) -%}
    {%- else -%}
        {%- set before = {} -%}
        {%- for column in adapter.get_columns_in_relation(api.Relation.create(schema='releases', identifier=mart.identifier)) -%}
            {%- do before.update({column.name: column.data_type}) -%}
        {%- endfor -%}
        {%- set is_changed = before.keys() | list | length != columns | length + 1 -%}
        {%- for column in columns -%}
            {%- if column.name not in before -%}
                {%- set is_changed = true -%}
                {%- do arr_ledger.tell_cluster('alter table ' ~ table ~ ' add column `' ~ column.name ~ '` ' ~ column.data_type) -%}
            {%- elif before[column.name] != column.data_type -%}
                {{ exceptions.raise_compiler_error(
                    "Column " ~ column.name ~ " of " ~ mart ~ " is " ~ column.data_type ~ " now and "
                    ~ before[column.name] ~ " in the releases that are kept: drop table " ~ table
                    ~ " (its releases before this one go) and publish again."
                ) }}
            {%- endif -%}
        {%- endfor -%}
        {#- of a publication that did not end -#}
        {%- do arr_ledger.tell_cluster('delete from ' ~ table ~ ' where release_id = ' ~ release) -%}
        {%- do arr_ledger.tell_cluster('insert into ' ~ table ~ ' (release_id, ' ~ names | join(', ') ~ ') ' ~ rows) -%}
    {%- endif -%}
    {{ return({
        'is_changed': is_changed,
        'sql': 'create or replace view released.' ~ mart.identifier ~ ' as select kept.release_id, kept.' ~ names | join(', kept.')
            ~ ' from ' ~ table ~ ' as kept inner join releases.served as served on kept.release_id = served.release_id',
    }) }}
{% endmacro %}

{% macro serve_release(release) %}
    {%- do arr_ledger.tell_cluster('insert overwrite releases.served values (' ~ release ~ ')') -%}
{% endmacro %}

{% macro names_in(kind, schema) %}
    {#- Names of the tables or views of a schema. -#}
    {{ return(run_query('show ' ~ kind ~ ' in ' ~ schema).columns[1].values() | list) }}
{% endmacro %}

{% macro ask_cluster(query) %}
    {#- The one value of a query. -#}
    {{ return(run_query(query).columns[0].values()[0]) }}
{% endmacro %}

{% macro tell_cluster(sql) %}
    {#- A statement without rows, for which PyHive must not ask. -#}
    {%- call statement('told') -%}{{ sql }}{%- endcall -%}
{% endmacro %}

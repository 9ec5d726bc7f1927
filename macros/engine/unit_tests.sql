{#- dbt asks the server for the rows of "create view", which has none; PyHive fails on it since Spark 3.4. Otherwise this
    is what dbt does on every engine. -#}
{% materialization unit, adapter='spark' %}
    {%- set expected_rows = config.get('expected_rows') -%}
    {%- set expected_sql = config.get('expected_sql') -%}
    {%- set tested = expected_rows[0].keys() if expected_rows | length > 0 else get_columns_in_query(sql) -%}
    {%- set view = make_temp_relation(this.incorporate(type='table')) -%}
    {%- call statement('view_of_columns') -%}
        {{ create_temporary_view(view, get_empty_subquery_sql(sql)) }}
    {%- endcall -%}
    {%- set types, quoted = {}, {} -%}
    {%- for column in adapter.get_columns_in_relation(view) -%}
        {%- do types.update({column.name | lower: column.data_type}) -%}
        {%- do quoted.update({column.name | lower: column.quoted}) -%}
    {%- endfor -%}
    {%- set names = [] -%}
    {%- for name in tested -%}
        {%- do names.append(quoted[name | lower]) -%}
    {%- endfor -%}
    {%- if not expected_sql -%}
        {%- set expected_sql = get_expected_sql(expected_rows, types, quoted) -%}
    {%- endif -%}
    {%- call statement('main', fetch_result=True) -%}
        {{ get_unit_test_sql(sql, expected_sql, names) }}
    {%- endcall -%}
    {%- call statement('drop_view') -%}
        drop view if exists {{ view }}
    {%- endcall -%}
    {{ return({'relations': []}) }}
{% endmaterialization %}

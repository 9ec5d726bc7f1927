{% macro spark__load_csv_rows(model, agate_table) %}
    {#- dbt-spark casts every cell for itself, which takes minutes for a few thousand rows. Here the rows of a batch are one
        JSON text, which the engine reads as a table of texts and casts by column. -#}
    {%- set types = model['config'].get('column_types', {}) -%}
    {%- set names = agate_table.column_names -%}
    {%- set fields, casts = [], [] -%}
    {%- for name in names -%}
        {%- do fields.append('`' ~ name ~ '` string') -%}
        {%- do casts.append('cast(cells.`' ~ name ~ '` as ' ~ types.get(name, adapter.convert_type(agate_table, loop.index0)) ~ ')') -%}
    {%- endfor -%}
    {%- set statements = [] -%}
    {%- for batch in agate_table.rows | batch(get_batch_size()) -%}
        {%- set rows = [] -%}
        {%- for row in batch -%}
            {%- set cells = {} -%}
            {%- for name in names if row[name] is not none -%}
                {%- do cells.update({name: row[name] | string}) -%}
            {%- endfor -%}
            {%- do rows.append(cells) -%}
        {%- endfor -%}
        {%- set text = tojson(rows) | replace('\\', '\\\\') | replace("'", "\\'") -%}
        {%- set sql -%}
            insert into {{ this.render() }}
            select {{ casts | join(', ') }}
            from (
                select explode(from_json('{{ text }}', 'array<struct<{{ fields | join(', ') | replace(' string', ': string') }}>>')) as cells
            )
        {%- endset -%}
        {%- do adapter.add_query(sql, abridge_sql_log=True) -%}
        {%- do statements.append(sql) -%}
    {%- endfor -%}
    {{ return(statements | first) }}
{% endmacro %}

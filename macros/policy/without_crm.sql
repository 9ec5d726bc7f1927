{#- What other models read of the CRM system, where none is on. -#}

{% macro crm_rows(model, alias=none) -%}
    {#- A model over the CRM system; where none is on, its columns that others read, without a row. -#}
    {%- set text, whole = dbt.type_string(), 'integer' -%}
    {%- set opportunities = {
        'crm_system': text, 'opportunity_key': whole, 'opportunity_id': text, 'customer_id': text,
        'forecast_category': text, 'product_family': text,
        'unusable_reason': text, 'is_renewal': 'boolean', 'is_closed': 'boolean', 'is_won': 'boolean',
        'opportunity_arr': arr_ledger.type_money(), 'close_date': 'date', 'close_month_index': whole
    } -%}
    {%- set columns = {
        'int_crm_accounts': {
            'crm_system': text, 'account_id': text, 'account_name': text, 'parent_account_id': text,
            'merged_into_account_id': text, 'merged_date': 'date', 'is_deleted': 'boolean'
        },
        'int_crm_account_versions': {'account_id': text, 'parent_account_id': text, 'from_month_index': whole},
        'int_crm_id_forms': {'record_kind': text, 'id_form': text, 'record_id': text},
        'int_customer_owner_spans': {
            'customer_id': text, 'owner_role': text, 'owner_id': text,
            'from_month_index': whole, 'until_month_index': whole
        },
        'int_opportunities': opportunities,
        'int_opportunity_product_families': opportunities
    }[model] -%}
    {%- set module = 'crm' if model.startswith('int_opportunit') else 'core' -%}
    {%- if arr_ledger.is_on(module, ['crm_system']) -%}
        {{ ref(model) }}{{ ' as ' ~ alias if alias }}
    {%- else -%}
    (select
        {%- if model in ('int_crm_accounts', 'int_crm_account_versions') %}
        {{- arr_ledger.no_segments() }}
        {%- endif %}
        {%- for column, type in columns.items() %}
        cast(null as {{ type }}) as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from (select 1 as nothing) as one_row where 1 = 0) as {{ alias or model }}
    {%- endif -%}
{%- endmacro %}

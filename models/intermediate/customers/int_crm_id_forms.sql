-- Grain: one row per id that names a record of Salesforce in another form than the one the record
-- is published under: 15 characters for 18, or 18 for 15. No row without Salesforce.
-- long because ids meet in every table of Salesforce and in billing
{{ config(enabled=is_on('core', ['crm_system'])) }}
{#- kind of record, where its id stands, in which column, whether a row there is the record -#}
{%- set id_columns = [
    ('account', 'stg_salesforce__accounts', 'account_id', 1),
    ('account', 'stg_salesforce__accounts', 'parent_account_id', 0),
    ('account', 'stg_salesforce__accounts', 'merged_into_account_id', 0),
    ('user', 'stg_salesforce__accounts', 'account_owner_id', 0),
    ('user', 'stg_salesforce__accounts', 'csm_owner_id', 0),
    ('account', 'stg_salesforce__account_versions', 'account_id', 0),
    ('account', 'stg_salesforce__account_versions', 'parent_account_id', 0),
    ('account', 'stg_salesforce__account_versions', 'merged_into_account_id', 0),
    ('user', 'stg_salesforce__account_versions', 'account_owner_id', 0),
    ('user', 'stg_salesforce__account_versions', 'csm_owner_id', 0),
    ('user', 'stg_salesforce__users', 'user_id', 1),
    ('user', 'stg_salesforce__users', 'manager_user_id', 0),
    ('opportunity', 'stg_salesforce__opportunities', 'opportunity_id', 1),
    ('account', 'stg_salesforce__opportunities', 'account_id', 0),
    ('user', 'stg_salesforce__opportunities', 'opportunity_owner_id', 0),
    ('line_item', 'stg_salesforce__opportunity_line_items', 'opportunity_line_item_id', 1),
    ('opportunity', 'stg_salesforce__opportunity_line_items', 'opportunity_id', 0),
    ('product', 'stg_salesforce__opportunity_line_items', 'crm_product_id', 0),
    ('product', 'stg_salesforce__products', 'crm_product_id', 1),
    ('contact', 'stg_salesforce__contacts', 'contact_id', 1),
    ('relation', 'stg_salesforce__account_contact_relations', 'account_contact_relation_id', 1),
    ('account', 'stg_salesforce__account_contact_relations', 'account_id', 0),
    ('contact', 'stg_salesforce__account_contact_relations', 'contact_id', 0),
    ('contact_role', 'stg_salesforce__opportunity_contact_roles', 'opportunity_contact_role_id', 1),
    ('opportunity', 'stg_salesforce__opportunity_contact_roles', 'opportunity_id', 0),
    ('contact', 'stg_salesforce__opportunity_contact_roles', 'contact_id', 0),
    ('account', 'stg_stripe__customers', 'crm_account_id', 0),
    ('account', 'stg_custom_billing__customers', 'crm_account_id', 0),
    ('account', 'stg_custom_health__customer_health', 'customer_id', 0),
] %}
{%- set same_record = 'over (partition by record_kind, id_key)' %}
{%- set systems_on = billing_systems() + crm_systems() + health_systems() %}
with mentions as (

    select
        cast(null as {{ dbt.type_string() }}) as record_kind,
        cast(null as {{ dbt.type_string() }}) as id_form,
        0 as is_record
    {%- for kind, table, column, is_record in id_columns if 'salesforce' in crm_systems() %}
    {%- if table.split('__')[0][4:] in systems_on %}

    union all

    select
        '{{ kind }}' as record_kind,
        {{ column }} as id_form,
        {{ is_record }} as is_record
    from {{ ref(table) }}
    {%- endif %}
    {%- endfor %}

),

-- the first 15 characters, in their case, name the record; the last three are not looked at
ids as (

    select
        record_kind,
        id_form,
        {{ salesforce_id_key('id_form') }} as id_key,
        length(id_form) = 18 as is_long,
        max(is_record) as is_record
    from mentions
    where {{ is_salesforce_id('id_form') }}
    group by record_kind, id_form

),

-- the record's own id is published, the longer one where it has both or never landed
keyed as (

    select
        record_kind,
        id_form,
        is_long,
        is_record,
        count(case when is_long then id_form end) {{ same_record }} as long_ids,
        min(case when is_long then id_form end) {{ same_record }} as long_id,
        count(case when is_long and is_record = 1 then id_form end) {{ same_record }}
            as long_records,
        min(case when is_long and is_record = 1 then id_form end) {{ same_record }}
            as long_record_id,
        min(case when not is_long and is_record = 1 then id_form end) {{ same_record }}
            as short_record_id
    from ids

),

matched as (

    select
        record_kind,
        id_form,
        case
            when not is_long and long_records = 1 then long_record_id
            when not is_long and is_record = 0 and long_records = 0 and long_ids = 1 then long_id
            when is_long and long_records = 0 then short_record_id
        end as record_id
    from keyed

),

final as (

    select
        record_kind,
        id_form,
        record_id
    from matched
    where record_id is not null

)

select * from final

-- Grain: one row per id of an extract of which two rows, equally new, say different things.
-- long because every table names its key and its customer
{%- set no_customer = 'cast(null as ' ~ dbt.type_string() ~ ')' %}
{%- set tables_of = {
    'custom_billing': [
        ('subscription_lines', 'subscription_lines', 'line_id', 'customer_id'),
        ('customers', 'customers', 'customer_id', 'customer_id'),
        ('products', 'products', 'product_id', no_customer),
    ],
    'stripe': [
        ('subscription_versions', 'subscription_history', 'subscription_id', 'customer_id'),
        ('subscription_items', 'subscription_item', 'subscription_item_id', no_customer),
        ('prices', 'price', 'price_id', no_customer),
        ('plans', 'plan', 'price_id', no_customer),
        ('coupons', 'coupon', 'coupon_id', no_customer),
        ('invoices', 'invoice', 'invoice_id', 'customer_id'),
        ('invoice_line_items', 'invoice_line_item', 'invoice_line_item_id', no_customer),
    ],
    'salesforce': [
        ('accounts', 'account', 'account_id', 'account_id'),
        ('opportunities', 'opportunity', 'opportunity_id', 'account_id'),
    ],
} %}
with
{%- for system in billing_systems() + crm_systems() %}
{%- for model, table, key, customer in tables_of[system] %}

{{ system }}_{{ model }} as (

    select * from {{ ref('stg_' ~ system ~ '__' ~ model) }}
    where is_contradicted

),
{%- endfor %}
{%- endfor %}

listed as (
    {%- for system in billing_systems() + crm_systems() %}
    {%- set is_last_system = loop.last %}
    {%- for model, table, key, customer in tables_of[system] %}

    select
        '{{ system }}' as source_system,
        '{{ table }}' as source_table,
        {{ key }} as source_row_id,
        {{ customer }} as source_customer_id
    from {{ system }}_{{ model }}
    {% if not (loop.last and is_last_system) %}
    union all
    {%- endif %}
    {%- endfor %}
    {%- endfor %}

),

-- several versions of a record may each be contradicted
final as (

    select
        source_system,
        source_table,
        source_row_id,
        min(source_customer_id) as source_customer_id
    from listed
    group by source_system, source_table, source_row_id

)

select * from final

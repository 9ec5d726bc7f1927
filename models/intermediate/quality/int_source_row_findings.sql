-- Grain: one row per row of an extract whose content is in doubt: a faulty row replaced by its last
-- good version, or one of several rows with the same id that differ.
-- long because the rows of every system are brought into one shape before they are valued
{{ config(enabled=is_on('quality')) }}
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
{%- set line = 'lines.source_system, lines.line_id, lines.customer_id, lines.arr' %}
{%- set stripe_rows_of_a_line = [
    ('subscription_history', 'lines.subscription_id'),
    ('subscription_item', 'lines.subscription_item_id'),
    ('price', 'items.price_id'),
    ('plan', 'items.price_id'),
] %}
with kept_rows as (

    select * from {{ ref('stg_landing__kept_rows') }}

),
{%- for system in billing_systems() + crm_systems() %}
{%- for model, table, key, customer in tables_of[system] %}

{{ system }}_{{ model }} as (

    select * from {{ ref('stg_' ~ system ~ '__' ~ model) }}
    where is_contradicted

),
{%- endfor %}
{%- endfor %}

contradicted_versions as (
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

lines as (

    select * from {{ ref('int_arr_lines') }}
    where
        until_month_index is null
        or until_month_index > {{ last_published_month_index() }}

),

customers as (

    select * from {{ ref('int_customer_identities') }}
    where is_current and is_listed

),

rows_in_doubt as (

    select
        'faulty_row_kept' as finding_type,
        source_system,
        source_table,
        row_key,
        source_row_id,
        source_customer_id
    from kept_rows

    union all

    select
        'contradicting_rows' as finding_type,
        source_system,
        source_table,
        source_row_id as row_key,
        source_row_id,
        source_customer_id
    from contradicted_versions

),

-- several versions of a record may each be contradicted
rows_named as (

    select
        finding_type,
        source_system,
        source_table,
        row_key,
        max(source_row_id) as source_row_id,
        min(source_customer_id) as source_customer_id
    from rows_in_doubt
    group by finding_type, source_system, source_table, row_key

),

-- the row that a line was read from, and in Stripe those that say what it costs and until when
line_rows as (

    select
        {{ line }},
        lines.source_table,
        lines.source_row_id
    from lines
    {%- for table, id in stripe_rows_of_a_line if 'stripe' in billing_systems() %}

    union distinct

    select
        {{ line }},
        '{{ table }}' as source_table,
        {{ id }} as source_row_id
    from lines
    inner join {{ ref('stg_stripe__subscription_items') }} as items
        on lines.subscription_item_id = items.subscription_item_id
    where lines.source_system = 'stripe' and items.ended_at is null
    {%- endfor %}

),

arr_by_row as (

    select
        source_system,
        source_table,
        source_row_id,
        -- a price may be that of several customers
        case when min(customer_id) = max(customer_id) then min(customer_id) end as customer_id,
        cast(sum(arr) as {{ type_money() }}) as arr
    from line_rows
    group by source_system, source_table, source_row_id

),

final as (

    select
        rows_named.finding_type,
        rows_named.source_system,
        coalesce(
            arr_by_row.customer_id, customers.customer_id, rows_named.source_customer_id
        ) as customer_id,
        rows_named.row_key as subject_id,
        rows_named.source_table as related_subject_id,
        cast(null as integer) as month_index,
        arr_by_row.arr
    from rows_named
    left join arr_by_row
        on
            rows_named.source_system = arr_by_row.source_system
            and rows_named.source_table = arr_by_row.source_table
            and rows_named.source_row_id = arr_by_row.source_row_id
    left join customers
        on
            rows_named.source_system = customers.source_system
            and rows_named.source_customer_id = customers.source_customer_id

)

select * from final

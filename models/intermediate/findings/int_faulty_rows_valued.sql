-- Grain: one row per row whose last good version stands in for a faulty one, with the ARR of the
-- lines made from it.
-- long because the rows of every system are brought into one shape before they are valued
{%- set rows_of = {
    'stripe': 'stg_stripe__landed_rows_kept',
    'custom_billing': 'stg_custom_billing__landed_rows_kept',
    'salesforce': 'stg_salesforce__landed_rows_kept',
} %}
with
{%- for system in billing_systems() + crm_systems() %}

{{ system }}_rows as (

    select * from {{ ref(rows_of[system]) }}

),
{%- endfor %}

lines as (

    select * from {{ ref('int_subscription_lines_counted') }}
    where
        until_month_index is null
        or until_month_index > {{ last_published_month_index() }}

),

customers as (

    select * from {{ ref('int_customer_ids_matched') }}

),

kept_rows as (
    {%- for system in billing_systems() + crm_systems() %}

    select
        '{{ system }}' as source_system,
        source_table,
        row_key,
        source_row_id,
        source_customer_id
    from {{ system }}_rows
    {% if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}

),

rows_named as (

    select
        source_system,
        source_table,
        row_key,
        max(source_row_id) as source_row_id,
        max(source_customer_id) as source_customer_id
    from kept_rows
    group by source_system, source_table, row_key

),

arr_by_row as (

    select
        source_system,
        source_table,
        source_row_id,
        min(customer_id) as customer_id,
        cast(sum(arr) as {{ type_money() }}) as arr
    from lines
    group by source_system, source_table, source_row_id

),

final as (

    select
        'faulty_row_kept' as finding_type,
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

-- Grain: one row per customer of every billing system that is on.
-- long because every billing system spells out the columns of a customer
with account_ids as (

    select * from {{ ref('int_crm_id_forms_matched') }}
    where record_kind = 'account'

),
{%- if 'stripe' in billing_systems() %}

stripe_customers as (

    select
        customer_id as source_customer_id,
        customer_name,
        crm_account_id,
        cast(null as {{ dbt.type_string() }}) as parent_source_customer_id,
        cast(null as {{ dbt.type_string() }}) as merged_into_source_customer_id,
        {{- segments_of() }}
        {{ reporting_date('created_at') }} as created_date,
        cast(null as date) as merged_date
    from {{ ref('stg_stripe__customers') }}

),
{%- endif %}
{%- if 'custom_billing' in billing_systems() %}

custom_billing_customers as (

    select
        customer_id as source_customer_id,
        customer_name,
        crm_account_id,
        parent_customer_id as parent_source_customer_id,
        merged_into_customer_id as merged_into_source_customer_id,
        {{- segments_of() }}
        created_date,
        merged_date
    from {{ ref('stg_custom_billing__customers') }}

),
{%- endif %}

customers as (
    {%- for system in billing_systems() %}

    select
        '{{ system }}' as source_system,
        customers.source_customer_id,
        customers.customer_name,
        -- an empty link is no link; without a CRM system a link to one says nothing
        {%- if crm_systems() %}
        nullif(
            coalesce(account_ids.record_id, customers.crm_account_id), ''
        ) as crm_account_id,
        {%- else %}
        cast(null as {{ dbt.type_string() }}) as crm_account_id,
        {%- endif %}
        nullif(customers.parent_source_customer_id, '') as parent_source_customer_id,
        nullif(customers.merged_into_source_customer_id, '') as merged_into_source_customer_id,
        {{- segments_of('customers') }}
        customers.created_date,
        customers.merged_date
    from {{ system }}_customers as customers
    left join account_ids
        on customers.crm_account_id = account_ids.id_form
    {% if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}

),

moved_customers as (

    select
        old_source_system as source_system,
        old_source_customer_id as source_customer_id
    from {{ ref('stg_reference__billing_cut_overs') }}

    union distinct

    select
        new_source_system as source_system,
        new_source_customer_id as source_customer_id
    from {{ ref('stg_reference__billing_cut_overs') }}

),

listed as (

    select * from customers

    union all

    -- lines alone may name a customer who moves
    select
        moved_customers.source_system,
        moved_customers.source_customer_id,
        cast(null as {{ dbt.type_string() }}) as customer_name,
        cast(null as {{ dbt.type_string() }}) as crm_account_id,
        cast(null as {{ dbt.type_string() }}) as parent_source_customer_id,
        cast(null as {{ dbt.type_string() }}) as merged_into_source_customer_id,
        {{- no_segments() }}
        cast(null as date) as created_date,
        cast(null as date) as merged_date
    from moved_customers
    left join customers
        on
            moved_customers.source_system = customers.source_system
            and moved_customers.source_customer_id = customers.source_customer_id
    where
        customers.source_customer_id is null
        and moved_customers.source_system in ({{ quoted_list(billing_systems()) }})

),

final as (

    select
        *,
        cast(
            row_number() over (order by source_system, source_customer_id) as integer
        ) as record_key
    from listed

)

select * from final

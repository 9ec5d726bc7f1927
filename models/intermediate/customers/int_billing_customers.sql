-- Grain: one row per customer of every billing system that is on, whether a customer table lists it
-- or only lines name it.
-- long because every billing system spells out the columns of a customer
{%- set subscriptions_of = {
    'stripe': 'stg_stripe__subscription_versions',
    'custom_billing': 'stg_custom_billing__subscription_lines',
} %}
with account_ids as (

    select * from {{ crm_rows('int_crm_id_forms') }}
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
        {{ named_record(
            'coalesce(account_ids.record_id, customers.crm_account_id)'
        ) }} as crm_account_id,
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

-- only a line or a cut-over may name a customer
named as (
    {%- for side in ['old', 'new'] %}

    select
        {{ side }}_source_system as source_system,
        {{ side }}_source_customer_id as source_customer_id,
        1 as moves
    from {{ ref('stg_reference__billing_cut_overs') }}
    where {{ side }}_source_system in ({{ quoted_list(billing_systems()) }})

    union all
    {%- endfor %}
    {%- for system in billing_systems() %}

    select
        '{{ system }}' as source_system,
        customer_id as source_customer_id,
        0 as moves
    from {{ ref(subscriptions_of[system]) }}
    group by customer_id

    union all

    -- the name of a line without a customer
    select
        '{{ system }}' as source_system,
        'unknown' as source_customer_id,
        0 as moves
    {% if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}

),

only_named as (

    select
        source_system,
        source_customer_id,
        max(moves) as moves
    from named
    where source_customer_id is not null
    group by source_system, source_customer_id

),

records as (

    select
        *,
        true as is_listed
    from customers

    union all

    select
        only_named.source_system,
        only_named.source_customer_id,
        cast(null as {{ dbt.type_string() }}) as customer_name,
        cast(null as {{ dbt.type_string() }}) as crm_account_id,
        cast(null as {{ dbt.type_string() }}) as parent_source_customer_id,
        cast(null as {{ dbt.type_string() }}) as merged_into_source_customer_id,
        {{- no_segments() }}
        cast(null as date) as created_date,
        cast(null as date) as merged_date,
        only_named.moves = 1 as is_listed
    from only_named
    left join customers
        on
            only_named.source_system = customers.source_system
            and only_named.source_customer_id = customers.source_customer_id
    where customers.source_customer_id is null

),

final as (

    select
        *,
        cast(
            row_number() over (order by source_system, source_customer_id) as integer
        ) as record_key
    from records

)

select * from final

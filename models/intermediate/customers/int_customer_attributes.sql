-- Grain: one row per customer or CRM account, as it is known today; those merged away only where
-- hierarchy_mode is as_was.
-- long because CRM accounts, billing records and former customers meet
with customers as (

    select * from {{ ref('int_billing_customers') }}

),

matched as (

    select * from {{ ref('int_customer_identities') }}
    where is_current and is_listed

),

accounts as (

    select * from {{ crm_rows('int_crm_accounts') }}

),

record_merges as (

    select * from {{ ref('int_surviving_record_spans') }}
    where until_month_index is null

),

-- merged away later, but a customer of its own until then
former_customers as (

    select distinct identities.record_key
    from {{ ref('int_customer_identities') }} as identities
    inner join matched
        on identities.record_key = matched.record_key
    where
        not identities.is_current
        and identities.customer_id = identities.source_customer_id
        and identities.customer_id <> matched.customer_id

),

-- the record that survives merges speaks for a customer who has several, else the first; keys of
-- records are in the order of their billing systems and ids
speakers as (

    select
        coalesce(
            min(case when is_survivor then record_key end),
            min(record_key)
        ) as record_key
    from matched
    group by customer_key

),

billing_records as (

    select
        customers.customer_name,
        {{- segments_of('customers') }}
        matched.customer_id
    from matched
    inner join speakers
        on matched.record_key = speakers.record_key
    inner join customers
        on matched.record_key = customers.record_key

),

final as (

    -- the CRM comes first if it has the customer
    select
        accounts.account_id as customer_id,
        coalesce(
            accounts.account_name, billing_records.customer_name, accounts.account_id
        ) as customer_name,
        {%- for column in segment_columns() %}
        {{ 'accounts' if crm_says(column) else 'billing_records' }}.{{ column }},
        {%- endfor %}
        true as is_in_crm
    from accounts
    left join billing_records
        on accounts.account_id = billing_records.customer_id
    left join record_merges
        on
            accounts.crm_system = record_merges.record_system
            and accounts.account_id = record_merges.record_id
    {%- if hierarchy_mode() == 're_presented' %}
    where record_merges.record_id is null
    {%- endif %}

    union all

    select
        billing_records.customer_id,
        coalesce(billing_records.customer_name, billing_records.customer_id) as customer_name,
        {{- segments_of('billing_records') }}
        false as is_in_crm
    from billing_records
    left join accounts
        on billing_records.customer_id = accounts.account_id
    where accounts.account_id is null

    union all

    select
        customers.source_customer_id as customer_id,
        coalesce(customers.customer_name, customers.source_customer_id) as customer_name,
        {{- segments_of('customers') }}
        false as is_in_crm
    from customers
    inner join former_customers
        on customers.record_key = former_customers.record_key

)

select * from final

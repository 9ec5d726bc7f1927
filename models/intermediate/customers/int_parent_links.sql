-- Grain: one row per customer that ever had a parent and span of months: the customer one step up,
-- or the customer itself if it had none. Today's parent where hierarchy_mode is re_presented.
-- long because billing and the CRM system keep links with and without history
with accounts as (

    select * from {{ crm_rows('int_crm_accounts') }}

),

record_holders as (
    {{- record_holders(ref('int_surviving_record_spans')) }}

),

account_versions as (
    {%- if hierarchy_mode() == 'as_was' %}

    select * from {{ crm_rows('int_crm_account_versions') }}
    {%- else %}

    select
        accounts.account_id,
        0 as from_month_index,
        accounts.parent_account_id
    from accounts
    left join record_holders
        on
            accounts.crm_system = record_holders.record_system
            and accounts.account_id = record_holders.record_id
    where record_holders.record_id is null
    {%- endif %}

),

billing_versions as (

    select * from {{ ref('int_billing_customer_versions') }}
    {%- if hierarchy_mode() == 're_presented' %}
    where 1 = 0
    {%- endif %}

),

customers as (

    select * from {{ ref('int_billing_customers') }}

),

identities as (

    select * from {{ ref('int_customer_identities') }}
    where is_listed

),

links as (

    select
        account_versions.account_id as customer_id,
        accounts.crm_system as record_system,
        account_versions.from_month_index,
        account_versions.parent_account_id as parent_record_id
    from account_versions
    inner join accounts
        on account_versions.account_id = accounts.account_id

    union all

    select
        customer_id,
        source_system as record_system,
        from_month_index,
        parent_source_customer_id as parent_record_id
    from billing_versions

    union all

    -- billing speaks for a customer that the CRM does not know, by the record that survives merges
    select
        identities.customer_id,
        customers.source_system as record_system,
        0 as from_month_index,
        min(customers.parent_source_customer_id) as parent_record_id
    from customers
    inner join identities
        on
            customers.source_system = identities.source_system
            and customers.source_customer_id = identities.source_customer_id
            and identities.is_survivor
    left join accounts
        on identities.customer_id = accounts.account_id
    left join billing_versions
        on
            customers.source_system = billing_versions.source_system
            and identities.customer_id = billing_versions.customer_id
    where
        accounts.account_id is null
        and billing_versions.customer_id is null
        and customers.parent_source_customer_id is not null
    group by identities.customer_id, customers.source_system

),

spanned as (

    select
        *,
        lead(from_month_index) over (
            partition by record_system, customer_id order by from_month_index
        ) as until_month_index,
        min(case when parent_record_id is not null then record_system end) over (
            partition by customer_id
        ) as speaking_system
    from links

),

-- after merges in billing and in the CRM system
parent_identities as (

    select
        source_system as record_system,
        source_customer_id as record_id,
        customer_id,
        from_month_index,
        until_month_index
    from identities

    union all

    select
        record_system,
        record_id,
        holder_record_id as customer_id,
        from_month_index,
        until_month_index
    from record_holders
    where record_system in ({{ quoted_list(crm_systems() + ['']) }})

),

final as (

    select
        spanned.customer_id,
        coalesce(
            parent_identities.customer_id, spanned.parent_record_id, spanned.customer_id
        ) as parent_customer_id,
        greatest(
            spanned.from_month_index, coalesce(parent_identities.from_month_index, 0)
        ) as from_month_index,
        least(
            {{ or_open('spanned.until_month_index') }},
            {{ or_open('parent_identities.until_month_index') }}
        ) as until_month_index
    from spanned
    left join parent_identities
        on
            spanned.record_system = parent_identities.record_system
            and spanned.parent_record_id = parent_identities.record_id
            and spanned.from_month_index < {{ or_open('parent_identities.until_month_index') }}
            and {{ or_open('spanned.until_month_index') }} > parent_identities.from_month_index
    where spanned.record_system = spanned.speaking_system

)

select * from final

-- Grain: one row per customer of a billing system, with the customer it stands for.
-- long because merges in billing, links, CRM merges and cut-overs follow each other
with customers as (

    select * from {{ ref('int_customers_unioned') }}

),

record_merges as (

    select * from {{ ref('int_customer_merges_resolved') }}

),

accounts as (

    select * from {{ ref('int_crm_accounts_unioned') }}

),

cut_overs as (

    select * from {{ ref('int_billing_cut_overs_followed') }}

),

survivors as (

    select
        customers.record_key,
        customers.source_system,
        customers.source_customer_id,
        coalesce(
            record_merges.surviving_record_id, customers.source_customer_id
        ) as surviving_customer_id
    from customers
    left join record_merges
        on
            customers.source_system = record_merges.record_system
            and customers.source_customer_id = record_merges.record_id

),

-- the survivor's link counts; the links of customers merged away are not followed
linked as (

    select
        survivors.record_key,
        survivors.source_system,
        survivors.source_customer_id,
        survivors.surviving_customer_id,
        surviving_customers.crm_account_id
    from survivors
    left join customers as surviving_customers
        on
            survivors.source_system = surviving_customers.source_system
            and survivors.surviving_customer_id = surviving_customers.source_customer_id

),

identified as (

    select
        linked.record_key,
        linked.source_system,
        linked.source_customer_id,
        linked.surviving_customer_id,
        coalesce(
            record_merges.surviving_record_id, linked.crm_account_id, linked.surviving_customer_id
        ) as customer_id,
        linked.crm_account_id is not null as is_linked_to_crm
    from linked
    left join accounts
        on linked.crm_account_id = accounts.account_id
    left join record_merges
        on
            accounts.crm_system = record_merges.record_system
            and accounts.account_id = record_merges.record_id

),

-- who moved to another billing system is whoever it is there
final as (

    select
        identified.record_key,
        identified.source_system,
        identified.source_customer_id,
        coalesce(
            leaders.surviving_customer_id, identified.surviving_customer_id
        ) as surviving_customer_id,
        coalesce(leaders.customer_id, identified.customer_id) as customer_id,
        coalesce(leaders.is_linked_to_crm, identified.is_linked_to_crm) as is_linked_to_crm,
        leaders.customer_id is not null as is_led_by_another_system,
        cast(
            dense_rank() over (order by coalesce(leaders.customer_id, identified.customer_id))
            as integer
        ) as customer_key
    from identified
    left join cut_overs
        on
            identified.source_system = cut_overs.source_system
            and identified.surviving_customer_id = cut_overs.source_customer_id
    left join identified as leaders
        on
            cut_overs.leading_source_system = leaders.source_system
            and cut_overs.leading_source_customer_id = leaders.source_customer_id

)

select * from final

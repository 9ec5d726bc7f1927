-- Grain: one row per customer or CRM account that has a parent, with the parent one step up.
with customers as (

    select * from {{ ref('int_customers_unioned') }}

),

matched as (

    select * from {{ ref('int_customer_ids_matched') }}

),

accounts as (

    select * from {{ ref('int_crm_accounts_unioned') }}

),

record_merges as (

    select * from {{ ref('int_customer_merges_resolved') }}

),

-- parents in the CRM system, both ends after merges
account_parents as (

    select
        accounts.account_id as customer_id,
        coalesce(
            parent_merges.surviving_record_id, accounts.parent_account_id
        ) as parent_customer_id
    from accounts
    left join record_merges as parent_merges
        on
            accounts.crm_system = parent_merges.record_system
            and accounts.parent_account_id = parent_merges.record_id
    left join record_merges as own_merges
        on
            accounts.crm_system = own_merges.record_system
            and accounts.account_id = own_merges.record_id
    where
        accounts.parent_account_id is not null
        and own_merges.record_id is null

),

-- parents in billing speak for customers that the CRM system does not know; of customers merged in
-- billing the survivor speaks
customer_parents as (

    select
        child.customer_id,
        min(coalesce(parent.customer_id, customers.parent_source_customer_id)) as parent_customer_id
    from customers
    inner join matched as child
        on
            customers.source_system = child.source_system
            and customers.source_customer_id = child.source_customer_id
            and customers.source_customer_id = child.surviving_customer_id
    left join accounts
        on child.customer_id = accounts.account_id
    left join matched as parent
        on
            customers.source_system = parent.source_system
            and customers.parent_source_customer_id = parent.source_customer_id
    where
        customers.parent_source_customer_id is not null
        and accounts.account_id is null
    group by child.customer_id

),

final as (

    select
        customer_id,
        parent_customer_id
    from account_parents
    where customer_id <> parent_customer_id

    union all

    select
        customer_id,
        parent_customer_id
    from customer_parents
    where customer_id <> parent_customer_id

)

select * from final

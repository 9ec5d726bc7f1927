-- Every parent of a customer is a customer of the dimension, and every owner stands in dim_owners.
with customers as (

    select * from {{ ref('dim_customers') }}

),

owners as (

    select * from {{ ref('dim_owners') }}

),

compared as (

    select
        customers.customer_id,
        case when parents.customer_id is null then customers.parent_customer_id end
            as missing_parent,
        case when csm_owners.owner_id is null then customers.csm_owner_id end as missing_csm,
        case when am_owners.owner_id is null then customers.am_owner_id end as missing_am
    from customers
    left join customers as parents
        on customers.parent_customer_id = parents.customer_id
    left join owners as csm_owners
        on customers.csm_owner_id = csm_owners.owner_id
    left join owners as am_owners
        on customers.am_owner_id = am_owners.owner_id

)

select * from compared
where
    missing_parent is not null
    or missing_csm is not null
    or missing_am is not null

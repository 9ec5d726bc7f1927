-- Matching neither loses nor invents a billing customer.
with customers as (

    select
        source_system,
        source_customer_id
    from {{ ref('int_billing_customers') }}

),

matched as (

    select
        source_system,
        source_customer_id
    from {{ ref('int_customer_identities') }}
    where is_current

)

select
    customers.source_system,
    customers.source_customer_id,
    matched.source_system as matched_source_system,
    matched.source_customer_id as matched_source_customer_id
from customers
full join matched
    on
        customers.source_system = matched.source_system
        and customers.source_customer_id = matched.source_customer_id
where
    customers.source_customer_id is null
    or matched.source_customer_id is null

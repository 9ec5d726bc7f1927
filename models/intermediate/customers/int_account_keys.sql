-- Grain: one row per account: a customer, or a group of customers under one parent. Its whole
-- number; a group has that of its parent below zero. Numbers are of one build and are never
-- published.
-- long because as it was, more have been customers and parents than are today
with matched as (
    {%- if hierarchy_mode() == 'as_was' %}

    select
        customer_key,
        min(customer_id) as customer_id
    from {{ ref('int_customer_identities') }}
    group by customer_key
    {%- else %}

    -- a customer has the number of its first record
    select
        customer_key,
        customer_id
    from {{ ref('int_customer_identities') }}
    where record_key = customer_key
    {%- endif %}

),

parents as (

    select
        customer_id,
        parent_customer_id
    from {{ ref('int_customer_parents') }}

),

named as (

    select customer_id from {{ ref('int_customer_attributes') }}

    union all

    select customer_id from parents

    union all

    select parent_customer_id as customer_id from parents

),

-- few are not matched: only these are sorted
others as (

    select named.customer_id
    from named
    left join matched
        on named.customer_id = matched.customer_id
    where matched.customer_id is null
    group by named.customer_id

),

highest as (

    select coalesce(max(customer_key), 0) as customer_key
    from matched

),

customers as (

    select
        customer_key,
        customer_id
    from matched

    union all

    select
        cast(
            highest.customer_key + row_number() over (order by others.customer_id) as integer
        ) as customer_key,
        others.customer_id
    from others
    cross join highest

),

-- a customer with a parent or a child at any time; its parents of all times have groups
relatives as (

    select customer_id
    from parents
    where customer_id <> parent_customer_id

    union distinct

    select parent_customer_id as customer_id
    from parents
    where customer_id <> parent_customer_id

),

groups as (

    select distinct parents.parent_customer_id
    from parents
    inner join relatives
        on parents.customer_id = relatives.customer_id

),

final as (

    select
        customers.customer_key as account_key,
        customers.customer_id as account_id,
        true as is_customer,
        relatives.customer_id is null as is_parent
    from customers
    left join relatives
        on customers.customer_id = relatives.customer_id

    union all

    select
        -customers.customer_key as account_key,
        customers.customer_id as account_id,
        false as is_customer,
        true as is_parent
    from groups
    inner join customers
        on groups.parent_customer_id = customers.customer_id

)

select * from final

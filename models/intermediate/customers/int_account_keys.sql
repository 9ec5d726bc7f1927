-- Grain: one row per account: a customer, or a group of customers under one parent. Its whole
-- number; a group has that of its parent below zero. Numbers are of one build and are never
-- published.
-- long because as it was, more have been customers and parents than are today
-- depends_on: {{ ref('int_customer_identities_spanned') }}
-- depends_on: {{ ref('int_customer_parents_spanned') }}
with matched as (

    select
        customer_key,
        min(customer_id) as customer_id
    from {{ ref('int_customer_ids_matched') }}
    group by customer_key

),

parents as (

    select
        customer_id,
        parent_customer_id
    {%- if hierarchy_mode() == 'as_was' %}
    from {{ ref('int_customer_parents_spanned') }}
    {%- else %}
    from {{ ref('int_customer_parents_resolved') }}
    {%- endif %}

),

-- customers of lines that no billing system lists
unlisted as (

    select lines.source_customer_id as customer_id
    from {{ ref('int_subscription_lines_unioned') }} as lines
    left join {{ ref('int_customer_ids_matched') }} as records
        on
            lines.source_system = records.source_system
            and lines.source_customer_id = records.source_customer_id
    where records.customer_id is null

),

named as (

    select customer_id from unlisted

    union all

    select customer_id from {{ ref('int_customer_parents_resolved') }}
    {%- if hierarchy_mode() == 'as_was' %}

    union all

    select customer_id from parents

    union all

    select parent_customer_id as customer_id from parents

    union all

    select customer_id from {{ ref('int_customer_identities_spanned') }}
    {%- endif %}

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

groups as (

    select parent_customer_id
    from parents
    group by parent_customer_id
    {%- if hierarchy_mode() == 're_presented' %}
    having count(*) > 1
    {%- endif %}

),

members as (

    select
        parents.customer_id,
        {%- if hierarchy_mode() == 're_presented' %}
        max(heads.customer_key) as head_key
        {%- else %}
        -- its group is another from month to month
        cast(null as integer) as head_key
        {%- endif %}
    from parents
    inner join groups
        on parents.parent_customer_id = groups.parent_customer_id
    inner join customers as heads
        on groups.parent_customer_id = heads.customer_id
    group by parents.customer_id

),

final as (

    select
        customers.customer_key as account_key,
        customers.customer_id as account_id,
        true as is_customer,
        members.customer_id is null as is_parent,
        -members.head_key as group_key
    from customers
    left join members
        on customers.customer_id = members.customer_id

    union all

    select
        -customers.customer_key as account_key,
        customers.customer_id as account_id,
        false as is_customer,
        true as is_parent,
        cast(null as integer) as group_key
    from groups
    inner join customers
        on groups.parent_customer_id = customers.customer_id

)

select * from final

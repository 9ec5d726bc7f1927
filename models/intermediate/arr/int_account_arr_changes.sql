-- Grain: one row per account and month in which its ARR moves; an account is a customer or a group
-- of customers under one parent. A customer without relatives is its own parent: one row serves
-- both grains.
-- long because both ways of showing history book groups of customers here
-- depends_on: {{ ref('int_parent_arr_changes') }}
-- depends_on: {{ ref('int_customer_parents_spanned') }}
with changes as (

    select * from {{ ref('int_arr_changes') }}

),
{%- if hierarchy_mode() == 'as_was' %}

parent_changes as (

    select * from {{ ref('int_parent_arr_changes') }}

),

relatives as (

    select distinct customer_id
    from {{ ref('int_customer_parents_spanned') }}

),
{%- else %}

parents as (

    select * from {{ ref('int_customer_parents_resolved') }}

),

grouped_parents as (

    select parent_customer_id
    from parents
    group by parent_customer_id
    having count(*) > 1

),

relatives as (

    select
        parents.customer_id,
        parents.parent_customer_id
    from parents
    inner join grouped_parents
        on parents.parent_customer_id = grouped_parents.parent_customer_id

),
{%- endif %}

customer_changes as (

    select
        customer_id,
        month_index,
        cast(sum(arr_change) as {{ type_money() }}) as arr_change,
        cast(sum(fx_change) as {{ type_money() }}) as fx_change,
        cast(sum(transfer_change) as {{ type_money() }}) as transfer_change
    from changes
    group by customer_id, month_index
    having
        sum(arr_change) <> 0
        or sum(fx_change) <> 0
        or sum(transfer_change) <> 0

),

final as (

    select
        customer_changes.customer_id as account_id,
        true as is_customer,
        relatives.customer_id is null as is_parent,
        customer_changes.month_index,
        customer_changes.arr_change,
        customer_changes.fx_change,
        customer_changes.transfer_change
    from customer_changes
    left join relatives
        on customer_changes.customer_id = relatives.customer_id

    union all
    {%- if hierarchy_mode() == 'as_was' %}

    select
        parent_customer_id as account_id,
        false as is_customer,
        true as is_parent,
        month_index,
        arr_change,
        fx_change,
        transfer_change
    from parent_changes
    {%- else %}

    select
        relatives.parent_customer_id as account_id,
        false as is_customer,
        true as is_parent,
        customer_changes.month_index,
        cast(sum(customer_changes.arr_change) as {{ type_money() }}) as arr_change,
        cast(sum(customer_changes.fx_change) as {{ type_money() }}) as fx_change,
        cast(sum(customer_changes.transfer_change) as {{ type_money() }}) as transfer_change
    from customer_changes
    inner join relatives
        on customer_changes.customer_id = relatives.customer_id
    group by relatives.parent_customer_id, customer_changes.month_index
    having
        sum(customer_changes.arr_change) <> 0
        or sum(customer_changes.fx_change) <> 0
        or sum(customer_changes.transfer_change) <> 0
    {%- endif %}

)

select * from final

-- Grain: one row per account and month in which its ARR moves; an account is a customer or a group
-- of customers under one parent. A customer without relatives is its own parent: one row serves
-- both grains.
-- depends_on: {{ ref('int_parent_arr_changes') }}
with changes as (

    select * from {{ ref('int_arr_changes') }}

),

accounts as (

    select * from {{ ref('int_account_keys') }}

),
{%- if hierarchy_mode() == 'as_was' %}

parent_changes as (

    select * from {{ ref('int_parent_arr_changes') }}

),
{%- endif %}

customer_changes as (

    select
        customer_key,
        month_index,
        cast(sum(arr_change) as {{ type_money() }}) as arr_change,
        cast(sum(fx_change) as {{ type_money() }}) as fx_change,
        cast(sum(transfer_change) as {{ type_money() }}) as transfer_change
    from changes
    group by customer_key, month_index
    having
        sum(arr_change) <> 0
        or sum(fx_change) <> 0
        or sum(transfer_change) <> 0

),

final as (

    select
        accounts.account_key,
        accounts.is_customer,
        accounts.is_parent,
        customer_changes.month_index,
        customer_changes.arr_change,
        customer_changes.fx_change,
        customer_changes.transfer_change
    from customer_changes
    inner join accounts
        on customer_changes.customer_key = accounts.account_key

    union all
    {%- if hierarchy_mode() == 'as_was' %}

    select
        accounts.account_key,
        accounts.is_customer,
        accounts.is_parent,
        parent_changes.month_index,
        parent_changes.arr_change,
        parent_changes.fx_change,
        parent_changes.transfer_change
    from parent_changes
    inner join accounts
        on parent_changes.parent_customer_id = accounts.account_id
    where not accounts.is_customer
    {%- else %}

    select
        members.group_key as account_key,
        false as is_customer,
        true as is_parent,
        customer_changes.month_index,
        cast(sum(customer_changes.arr_change) as {{ type_money() }}) as arr_change,
        cast(sum(customer_changes.fx_change) as {{ type_money() }}) as fx_change,
        cast(sum(customer_changes.transfer_change) as {{ type_money() }}) as transfer_change
    from customer_changes
    inner join accounts as members
        on customer_changes.customer_key = members.account_key
    where members.group_key is not null
    group by members.group_key, customer_changes.month_index
    having
        sum(customer_changes.arr_change) <> 0
        or sum(customer_changes.fx_change) <> 0
        or sum(customer_changes.transfer_change) <> 0
    {%- endif %}

)

select * from final

-- Grain: one row per account and span of months with one ARR; a span of zero follows churn and
-- lasts until a return. A customer without relatives is its own parent: one row serves both grains.
-- long because a customer that changes groups takes along by transfer what it had
{%- set accounts = ref('int_account_keys') %}
{#- what the variables rule out is a constant: it is neither kept nor carried through windows #}
{%- set fx_change = 'changes.fx_change' if is_posted('fx') else posted_by('fx') %}
{%- set transfer_change = 'changes.transfer_change' if is_posted('transfer')
    else posted_by('transfer') %}
{%- set in_order = 'partition by account_key order by month_index nulls last' %}
with posted as (
    {{- postings_of_lines() }}

),

customer_changes as (

    select
        customer_key as account_key,
        month_index,
        {%- for posting_type in ['fx', 'transfer'] if is_posted(posting_type) %}
        {{ posted_by(posting_type) }} as {{ posting_type }}_change,
        {%- endfor %}
        cast(sum(arr_change) as {{ type_money() }}) as arr_change
    from posted
    where month_index <= {{ last_published_month_index() }}
    group by customer_key, month_index
    having sum(arr_change) <> 0 or {{ posted_by('fx') }} <> 0 or {{ posted_by('transfer') }} <> 0

),

members as (

    select
        customers.account_key as customer_key,
        groups.account_key as group_key,
        parents.from_month_index,
        {{ or_open('parents.until_month_index') }} as until_month_index
    from {{ ref('int_customer_parents') }} as parents
    inner join {{ accounts }} as customers
        on parents.customer_id = customers.account_id
    inner join {{ accounts }} as groups
        on parents.parent_customer_id = groups.account_id
    where customers.is_customer and not groups.is_customer

),

-- what a customer changes while it is in a group: what it had before comes along by transfer, and a
-- new rate of the month in which it changes groups is booked on the group of the month before
held as (

    select
        members.group_key,
        members.until_month_index,
        greatest(changes.month_index, members.from_month_index) as month_index,
        case
            when changes.month_index < members.until_month_index then changes.arr_change
            else {{ fx_change }}
        end as arr_change,
        case
            when changes.month_index > members.from_month_index then {{ fx_change }}
            else 0
        end as fx_change,
        case
            when changes.month_index < members.from_month_index then changes.arr_change
            when changes.month_index = members.from_month_index
                then {{ transfer_change }} + {{ fx_change }}
            when changes.month_index < members.until_month_index then {{ transfer_change }}
            else 0
        end as transfer_change
    from customer_changes as changes
    inner join members
        on
            changes.account_key = members.customer_key
            and changes.month_index <= members.until_month_index

),

sides as (
    {{- sides_listed() }}

),

-- with its customer all of it leaves the group
booked as (

    select
        held.group_key,
        {{ begun_or_ended('held.month_index', 'held.until_month_index') }} as month_index,
        {{ signed('held.arr_change') }} as arr_change,
        case when sides.sign = 1 then held.fx_change else 0 end as fx_change,
        case when sides.sign = 1 then held.transfer_change else -held.arr_change end
            as transfer_change
    from held
    cross join sides

),

account_changes as (

    select * from customer_changes

    union all

    select
        group_key as account_key,
        month_index,
        {%- for posting_type in ['fx', 'transfer'] if is_posted(posting_type) %}
        cast(sum({{ posting_type }}_change) as {{ type_money() }}) as {{ posting_type }}_change,
        {%- endfor %}
        cast(sum(arr_change) as {{ type_money() }}) as arr_change
    from booked
    where month_index <= {{ last_published_month_index() }}
    group by group_key, month_index
    having sum(arr_change) <> 0 or sum(fx_change) <> 0 or sum(transfer_change) <> 0

),

balances as (

    select
        *,
        lead(month_index) over ({{ in_order }}) as until_month_index,
        cast(sum(arr_change) over (
            {{ in_order }} rows between unbounded preceding and current row
        ) as {{ type_money() }}) as arr,
        lead(arr_change) over ({{ in_order }}) as next_arr_change
    from account_changes

),

final as (

    select
        balances.account_key,
        -- carried along for the views of marts: to look it up for each of them costs more
        accounts.account_id,
        accounts.is_customer,
        accounts.is_parent,
        0 as rate_from_month_index,
        {{ open_month_index() }} as rate_until_month_index,
        balances.month_index as from_month_index,
        balances.until_month_index,
        cast(balances.arr - balances.arr_change as {{ type_money() }}) as opening_arr,
        balances.arr_change,
        {{ 'balances.fx_change' if is_posted('fx') else fx_change }} as fx_change,
        {{ 'balances.transfer_change' if is_posted('transfer') else transfer_change }}
            as transfer_change,
        balances.arr,
        cast(balances.arr + balances.next_arr_change as {{ type_money() }}) as next_arr,
        min(case when {{ is_active('balances.arr') }} then balances.month_index end) over (
            partition by balances.account_key
        ) as first_month_index
    from balances
    inner join {{ accounts }} as accounts
        on balances.account_key = accounts.account_key

)

select * from final

-- Grain: one row per account and span of months with one ARR; a span of zero follows churn and
-- lasts until a return. A customer without relatives is its own parent: one row serves both grains.
-- long because a customer that changes groups takes along by transfer what it had
{%- set accounts = ref('int_account_keys') %}
{#- what the variables rule out is a constant: it is neither kept nor carried through windows #}
{%- set fx_change = 'customer_changes.fx_change' if is_posted('fx') else posted_by('fx') %}
{%- set transfer_change = 'customer_changes.transfer_change' if is_posted('transfer')
    else posted_by('transfer') %}
with posted as (
    {{- postings_of_lines() }}

),

customer_changes as (

    select
        customer_key,
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

sides as (
    {{- sides_listed() }}

),

moves as (

    select
        members.customer_key,
        members.group_key,
        sides.sign,
        {{ begun_or_ended('members.from_month_index', 'members.until_month_index') }} as month_index
    from members
    cross join sides

),

-- a customer that changes groups takes along what it had, at the rate of the month of the change
carried as (

    select
        moves.group_key,
        moves.month_index,
        moves.sign * case
            when customer_changes.month_index < moves.month_index then customer_changes.arr_change
            else {{ fx_change }}
        end as carried_arr
    from moves
    inner join customer_changes
        on
            moves.customer_key = customer_changes.customer_key
            and moves.month_index >= customer_changes.month_index
    where moves.month_index <= {{ last_published_month_index() }}

),

booked as (

    select
        members.group_key,
        customer_changes.month_index,
        customer_changes.arr_change - {{ fx_change }} as arr_change,
        0 as fx_change,
        {{ transfer_change }} as transfer_change
    from customer_changes
    inner join members
        on
            customer_changes.customer_key = members.customer_key
            and customer_changes.month_index >= members.from_month_index
            and customer_changes.month_index < members.until_month_index

    union all

    -- a new rate is booked on the group of the month before
    select
        members.group_key,
        customer_changes.month_index,
        {{ fx_change }} as arr_change,
        {{ fx_change }} as fx_change,
        0 as transfer_change
    from customer_changes
    inner join members
        on
            customer_changes.customer_key = members.customer_key
            and customer_changes.month_index > members.from_month_index
            and customer_changes.month_index <= members.until_month_index
    where {{ fx_change }} <> 0

    union all

    select
        group_key,
        month_index,
        carried_arr as arr_change,
        0 as fx_change,
        carried_arr as transfer_change
    from carried

),

account_changes as (

    select
        customer_key as account_key,
        month_index,
        arr_change,
        {{ fx_change }} as fx_change,
        {{ transfer_change }} as transfer_change
    from customer_changes

    union all

    select
        group_key as account_key,
        month_index,
        cast(sum(arr_change) as {{ type_money() }}) as arr_change,
        cast(sum(fx_change) as {{ type_money() }}) as fx_change,
        cast(sum(transfer_change) as {{ type_money() }}) as transfer_change
    from booked
    group by group_key, month_index
    having sum(arr_change) <> 0 or sum(fx_change) <> 0 or sum(transfer_change) <> 0

),

balances as (

    select
        account_key,
        month_index as from_month_index,
        lead(month_index) over (
            partition by account_key order by month_index nulls last
        ) as until_month_index,
        cast(sum(arr_change) over (
            partition by account_key order by month_index nulls last
            rows between unbounded preceding and current row
        ) as {{ type_money() }}) as arr,
        arr_change,
        fx_change,
        transfer_change,
        lead(arr_change) over (
            partition by account_key order by month_index nulls last
        ) as next_arr_change
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
        balances.from_month_index,
        balances.until_month_index,
        cast(balances.arr - balances.arr_change as {{ type_money() }}) as opening_arr,
        balances.arr_change,
        {{ 'balances.fx_change' if is_posted('fx') else fx_change }} as fx_change,
        {{ 'balances.transfer_change' if is_posted('transfer') else transfer_change }}
            as transfer_change,
        balances.arr,
        cast(balances.arr + balances.next_arr_change as {{ type_money() }}) as next_arr,
        min(case when {{ is_active('balances.arr') }} then balances.from_month_index end) over (
            partition by balances.account_key
        ) as first_month_index
    from balances
    inner join {{ accounts }} as accounts
        on balances.account_key = accounts.account_key

)

select * from final

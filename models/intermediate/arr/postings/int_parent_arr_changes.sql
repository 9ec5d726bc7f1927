-- Grain: one row per ultimate parent and month in which the ARR of its customers moves, under the
-- parents of each month. A customer who changes groups takes along what it had by transfer.
-- long because rates, transfers and contracts of one month are booked on different parents.
with changes as (

    select
        accounts.account_id as customer_id,
        changes.*
    from {{ ref('int_arr_changes') }} as changes
    inner join {{ ref('int_account_keys') }} as accounts
        on changes.customer_key = accounts.account_key

),

parents as (

    select * from {{ ref('int_customer_parents_spanned') }}

),

relatives as (

    select distinct customer_id
    from parents

),

customer_changes as (

    select
        changes.customer_id,
        changes.month_index,
        sum(changes.arr_change) as arr_change,
        sum(changes.fx_change) as fx_change,
        sum(changes.transfer_change) as transfer_change
    from changes
    inner join relatives
        on changes.customer_id = relatives.customer_id
    group by changes.customer_id, changes.month_index

),

-- what a customer had the month before, at the rate of the month in which it moves
carried as (

    select
        left_group.parent_customer_id as old_parent_customer_id,
        entered_group.parent_customer_id as new_parent_customer_id,
        entered_group.from_month_index as month_index,
        sum(
            case
                when customer_changes.month_index < entered_group.from_month_index
                    then customer_changes.arr_change
                else customer_changes.fx_change
            end
        ) as arr
    from parents as left_group
    inner join parents as entered_group
        on
            left_group.customer_id = entered_group.customer_id
            and left_group.until_month_index = entered_group.from_month_index
    inner join customer_changes
        on
            entered_group.customer_id = customer_changes.customer_id
            and entered_group.from_month_index >= customer_changes.month_index
    where entered_group.from_month_index <= {{ last_published_month_index() }}
    group by
        left_group.customer_id,
        left_group.parent_customer_id,
        entered_group.parent_customer_id,
        entered_group.from_month_index

),

booked as (

    select
        parents.parent_customer_id,
        customer_changes.month_index,
        customer_changes.arr_change - customer_changes.fx_change as arr_change,
        0 as fx_change,
        customer_changes.transfer_change
    from customer_changes
    inner join parents
        on
            customer_changes.customer_id = parents.customer_id
            and customer_changes.month_index >= parents.from_month_index
            and customer_changes.month_index < {{ or_open('parents.until_month_index') }}

    union all

    -- a new rate is booked on the group of the month before
    select
        parents.parent_customer_id,
        customer_changes.month_index,
        customer_changes.fx_change as arr_change,
        customer_changes.fx_change,
        0 as transfer_change
    from customer_changes
    inner join parents
        on
            customer_changes.customer_id = parents.customer_id
            and customer_changes.month_index > parents.from_month_index
            and customer_changes.month_index <= {{ or_open('parents.until_month_index') }}
    where customer_changes.fx_change <> 0

    union all

    select
        old_parent_customer_id as parent_customer_id,
        month_index,
        -arr as arr_change,
        0 as fx_change,
        -arr as transfer_change
    from carried

    union all

    select
        new_parent_customer_id as parent_customer_id,
        month_index,
        arr as arr_change,
        0 as fx_change,
        arr as transfer_change
    from carried

),

final as (

    select
        parent_customer_id,
        month_index,
        cast(sum(arr_change) as {{ type_money() }}) as arr_change,
        cast(sum(fx_change) as {{ type_money() }}) as fx_change,
        cast(sum(transfer_change) as {{ type_money() }}) as transfer_change
    from booked
    group by parent_customer_id, month_index
    having
        sum(arr_change) <> 0
        or sum(fx_change) <> 0
        or sum(transfer_change) <> 0

)

select * from final

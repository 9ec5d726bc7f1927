-- A transfer takes from one customer what it brings to another: zero in every month, for customers
-- and for ultimate parents.
with movements as (

    select * from {{ ref('int_arr_movements') }}
    where movement_type = 'transfer'

),

grains as (

    select
        'customer' as account_grain,
        month_index,
        arr_change
    from movements
    where is_customer

    union all

    select
        'parent' as account_grain,
        month_index,
        arr_change
    from movements
    where is_parent

)

select
    account_grain,
    month_index,
    sum(arr_change) as sum_of_transfers
from grains
group by account_grain, month_index
having sum(arr_change) <> 0

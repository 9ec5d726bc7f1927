-- Grain: one row per customer and month in which its ARR moves, with what it began with and how it moved.
create table spine.keyed_movements as
with compared as (

    select
        customer_key,
        month_index,
        coalesce(lag(arr) over (partition by customer_key order by month_index), 0) as beginning_arr,
        arr as ending_arr
    from spine.keyed_months

)

select
    compared.customer_key,
    compared.month_index,
    customers.segment_set_key,
    case
        when beginning_arr <= 0 and ending_arr > 0 and month_index = customers.cohort_month_index then 'new'
        when beginning_arr <= 0 and ending_arr > 0 then 'reactivation'
        when beginning_arr > 0 and ending_arr <= 0 then 'churn'
        when ending_arr > beginning_arr then 'expansion'
        else 'contraction'
    end as movement_type,
    cast(beginning_arr as numeric(18, 2)) as beginning_arr,
    cast(ending_arr - beginning_arr as numeric(18, 2)) as arr_change,
    ending_arr
from compared
inner join spine.customers as customers
    on compared.customer_key = customers.customer_key
where ending_arr <> beginning_arr;

create table spine.customer_movements as
select
    accounts.account_id as customer_id,
    movements.month_index,
    movements.movement_type,
    movements.beginning_arr,
    movements.arr_change,
    movements.ending_arr
from spine.keyed_movements as movements
inner join intermediate.int_account_keys as accounts
    on movements.customer_key = accounts.account_key

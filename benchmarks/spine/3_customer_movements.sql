-- Grain: one row per customer and month, with what it began with and how it moved; no type where nothing moved.
create table spine.customer_movements as
with compared as (

    select
        customer_id,
        month_index,
        coalesce(lag(arr) over (partition by customer_id order by month_index), 0) as beginning_arr,
        arr as ending_arr
    from spine.customer_months

)

select
    compared.customer_id,
    compared.month_index,
    case
        when ending_arr = beginning_arr then null
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
    on compared.customer_id = customers.customer_id

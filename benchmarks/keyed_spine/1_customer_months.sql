-- Grain: one row per customer and month from its first line to the last published month, in whole numbers.
create table spine.keyed_months as
with lines as (

    select
        customer_key,
        from_month_index,
        coalesce(until_month_index, 99999) as until_month_index,
        arr
    from intermediate.int_arr_lines

),

customers as (

    select
        customer_key,
        min(from_month_index) as first_month_index
    from lines
    group by customer_key

),

published_months as (

    select month_index
    from intermediate.int_calendar_months
    where is_published

),

billed as (

    select
        lines.customer_key,
        published_months.month_index,
        sum(lines.arr) as arr
    from lines
    inner join published_months
        on
            lines.from_month_index <= published_months.month_index
            and lines.until_month_index > published_months.month_index
    group by lines.customer_key, published_months.month_index

),

spine as (

    select
        customers.customer_key,
        published_months.month_index
    from customers
    inner join published_months
        on customers.first_month_index <= published_months.month_index

)

select
    spine.customer_key,
    spine.month_index,
    cast(coalesce(billed.arr, 0) as numeric(18, 2)) as arr
from spine
left join billed
    on
        spine.customer_key = billed.customer_key
        and spine.month_index = billed.month_index;

-- with texts only what is asked for
create table spine.customer_months as
select
    accounts.account_id as customer_id,
    months.month_index,
    months.arr
from spine.keyed_months as months
inner join intermediate.int_account_keys as accounts
    on months.customer_key = accounts.account_key
where months.month_index = (select max(month_index) from spine.keyed_months)

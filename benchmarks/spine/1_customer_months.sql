-- Grain: one row per customer and month from its first line to the last published month; zero while it is away.
create table spine.customer_months as
with customers as (

    select
        customer_id,
        min(from_month_index) as first_month_index
    from intermediate.int_arr_lines
    group by customer_id

),

published_months as (

    select month_index
    from intermediate.int_calendar_months
    where is_published

),

spine as (

    select
        customers.customer_id,
        published_months.month_index
    from customers
    inner join published_months
        on customers.first_month_index <= published_months.month_index

),

billed as (

    select
        lines.customer_id,
        published_months.month_index,
        sum(lines.arr) as arr
    from intermediate.int_arr_lines as lines
    inner join published_months
        on
            lines.from_month_index <= published_months.month_index
            and coalesce(lines.until_month_index, 99999) > published_months.month_index
    group by lines.customer_id, published_months.month_index

)

select
    spine.customer_id,
    spine.month_index,
    cast(coalesce(billed.arr, 0) as numeric(18, 2)) as arr
from spine
left join billed
    on
        spine.customer_id = billed.customer_id
        and spine.month_index = billed.month_index

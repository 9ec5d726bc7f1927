-- Grain: one row per customer and month, by dates and texts, as a customer-month spine is usually written.
create table spine.months as
select date_month
from intermediate.int_calendar_months
where is_published;

create table spine.line_months as
select
    lines.customer_id,
    months.date_month,
    lines.arr
from intermediate.int_arr_lines as lines
inner join spine.months as months
    on
        make_date((lines.from_month_index - 1) // 12, (lines.from_month_index - 1) % 12 + 1, 1) <= months.date_month
        and coalesce(
            make_date((lines.until_month_index - 1) // 12, (lines.until_month_index - 1) % 12 + 1, 1), date '9999-12-31'
        ) > months.date_month;

create table spine.customer_dates as
with customers as (

    select
        customer_id,
        min(date_month) as first_month
    from spine.line_months
    group by customer_id

),

billed as (

    select
        customer_id,
        date_month,
        sum(arr) as arr
    from spine.line_months
    group by customer_id, date_month

)

select
    customers.customer_id,
    months.date_month,
    cast(coalesce(billed.arr, 0) as numeric(18, 2)) as arr,
    coalesce(segments.segment, 'unknown') as segment,
    coalesce(segments.industry, 'unknown') as industry,
    coalesce(segments.region, 'unknown') as region
from customers
inner join spine.months as months
    on customers.first_month <= months.date_month
left join billed
    on
        customers.customer_id = billed.customer_id
        and months.date_month = billed.date_month
left join intermediate.int_customer_segment_spans as segments
    on customers.customer_id = segments.customer_id

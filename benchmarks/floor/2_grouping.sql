-- Grain: one row per customer and month in which a line starts: one grouping pass over the input.
create table floor.customer_starts as
select
    customer_id,
    extract(year from start_date) * 12 + extract(month from start_date) as start_month_index,
    sum(round(term_amount * 12 / term_months, 2)) as arr
from raw_custom_billing.subscription_lines
group by customer_id, extract(year from start_date) * 12 + extract(month from start_date)

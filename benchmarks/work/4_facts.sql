-- Grain: one row per customer and change, and per customer and span, with their texts.
create table work.movements as
select
    customers.customer_id,
    spans.from_month_index as month_index,
    case when spans.arr <= 0 then 'churn' when spans.arr_change > 0 then 'expansion' else 'contraction' end as movement_type,
    spans.arr_change,
    spans.arr
from work.spans as spans
inner join work.customers as customers
    on spans.customer_key = customers.customer_key;
create table work.customer_spans as
select
    customers.customer_id,
    spans.from_month_index,
    spans.until_month_index,
    spans.arr
from work.spans as spans
inner join work.customers as customers
    on spans.customer_key = customers.customer_key

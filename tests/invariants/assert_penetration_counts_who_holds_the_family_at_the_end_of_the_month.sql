-- Holders, their ARR and eligible customers of every family and month, recomputed from balances;
-- each column of segments sums to all.
with published as (

    select
        {{ month_index('date_month') }} as month_index,
        product_family,
        segment_type,
        sum(holders) as holders,
        sum(eligible_customers) as eligible_customers,
        sum(product_arr) as product_arr
    from {{ ref('rpt_product_penetration_monthly') }}
    group by {{ month_index('date_month') }}, product_family, segment_type

),

balances as (
    {{- months_of_customers() }}

),

customers as (

    select
        customer_key,
        month_index
    from balances
    where arr > 0

),

spans as (
    {{- with_customer_key(ref('int_arr_spans')) }}

),

eligible as (

    select
        month_index,
        count(*) as customers
    from customers
    group by month_index

),

families as (

    select
        spans.customer_key,
        spans.product_family,
        customers.month_index,
        sum(spans.arr) as arr
    from spans
    inner join customers
        on
            spans.customer_key = customers.customer_key
            and spans.from_month_index <= customers.month_index
            and {{ or_open('spans.until_month_index') }} > customers.month_index
    group by spans.customer_key, spans.product_family, customers.month_index
    having sum(spans.arr) > 0

),

held as (

    select
        month_index,
        product_family,
        count(*) as holders,
        sum(arr) as arr
    from families
    group by month_index, product_family

)

select
    coalesce(published.month_index, held.month_index) as month_index,
    coalesce(published.product_family, held.product_family) as product_family,
    published.segment_type,
    published.holders,
    held.holders as holders_recomputed
from published
full join held
    on
        published.month_index = held.month_index
        and published.product_family = held.product_family
left join eligible
    on published.month_index = eligible.month_index
where
    published.month_index is null
    or published.holders <> coalesce(held.holders, 0)
    or published.product_arr <> coalesce(held.arr, 0)
    or published.eligible_customers <> eligible.customers
    or eligible.customers is null

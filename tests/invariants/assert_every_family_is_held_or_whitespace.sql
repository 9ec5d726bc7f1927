-- Today every customer with ARR holds each of the most held product families or has it as
-- whitespace, never both; a likelihood is a share, and expected ARR at most what is typical.
with customers as (

    select
        customer_id,
        arr
    from {{ ref('fct_customer_arr_monthly') }}
    where
        {{ month_index('date_month') }} = {{ last_published_month_index() }}
        and arr > 0

),

held as (

    select
        customers.customer_id,
        spans.product_family,
        sum(spans.arr) as arr
    from customers
    inner join {{ ref('int_arr_spans') }} as spans
        on
            customers.customer_id = spans.customer_id
            and spans.from_month_index <= {{ last_published_month_index() }}
            and {{ or_open('spans.until_month_index') }} > {{ last_published_month_index() }}
    group by customers.customer_id, spans.product_family
    having sum(spans.arr) > 0

),

families as (

    select
        product_family,
        count(*) over (
            order by count(*) desc, sum(arr) desc nulls last
            range between unbounded preceding and current row
        ) as place
    from held
    group by product_family

),

expected as (

    select
        customers.customer_id,
        customers.arr,
        families.product_family
    from customers
    cross join families
    left join held
        on
            customers.customer_id = held.customer_id
            and families.product_family = held.product_family
    where
        held.customer_id is null
        and families.place <= {{ whitespace_families() }}

)

select
    coalesce(expected.customer_id, whitespace.customer_id) as customer_id,
    coalesce(expected.product_family, whitespace.product_family) as product_family,
    whitespace.likelihood
from expected
full join {{ ref('rpt_whitespace') }} as whitespace
    on
        expected.customer_id = whitespace.customer_id
        and expected.product_family = whitespace.product_family
where
    expected.customer_id is null
    or whitespace.customer_id is null
    or whitespace.customer_arr <> expected.arr
    or whitespace.likelihood < 0
    or whitespace.likelihood > 1
    or whitespace.expected_arr > whitespace.typical_arr

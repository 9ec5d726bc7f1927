-- Every customer with counted lines has one row for each published month from its first on, months
-- without ARR included. What is taken over and lost in the same month begins a life as well.
with changes as (

    select
        customer_id,
        from_month_index as month_index,
        sum(arr_change) as arr_change,
        sum(fx_change) as fx_change,
        sum(transfer_change) as transfer_change
    from {{ ref('int_arr_spans') }}
    group by customer_id, from_month_index

),

expected as (

    select
        customer_id,
        min(month_index) as first_month_index,
        {{ last_published_month_index() }} - min(month_index) + 1 as month_count
    from changes
    where
        arr_change <> 0
        or fx_change <> 0
        or transfer_change <> 0
    group by customer_id

),

published as (

    select
        customer_id,
        min({{ month_index('date_month') }}) as first_month_index,
        count(distinct date_month) as month_count,
        count(*) as row_count
    from {{ ref('fct_customer_arr_monthly') }}
    group by customer_id

)

select
    coalesce(expected.customer_id, published.customer_id) as customer_id,
    expected.month_count as expected_month_count,
    published.month_count,
    published.row_count
from expected
full join published
    on expected.customer_id = published.customer_id
where
    expected.month_count is distinct from published.month_count
    or expected.first_month_index is distinct from published.first_month_index
    or published.row_count <> published.month_count

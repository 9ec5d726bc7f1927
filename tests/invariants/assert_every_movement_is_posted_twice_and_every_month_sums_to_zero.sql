-- Double entry: what the customers' balances gain in a month stands with the opposite sign in the
-- movements of the bridge. A customer has a row for every month from its first on.
with closings as (

    select
        date_month,
        sum(arr) as arr
    from {{ ref('fct_customer_arr_monthly') }}
    group by date_month

),

customer_postings as (

    select
        date_month,
        arr - coalesce(lag(arr) over (order by date_month), 0) as posting
    from closings

),

bridge as (

    select * from {{ ref('rpt_arr_bridge_monthly') }}
    where segment_type = 'all'

),

postings as (

    select
        date_month,
        posting as customer_posting,
        0 as movement_posting
    from customer_postings
    {%- for movement_type in movement_types() %}

    union all

    select
        date_month,
        0 as customer_posting,
        -{{ movement_type }}_arr as movement_posting
    from bridge
    {%- endfor %}

)

select
    date_month,
    sum(customer_posting) as customer_postings,
    sum(movement_posting) as movement_postings
from postings
group by date_month
having sum(customer_posting) + sum(movement_posting) <> 0

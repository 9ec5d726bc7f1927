-- The postings of a customer and month sum to its movements, exchange rates and transfers apart
-- from the rest; no movement is without its lines.
with postings as (

    select
        customer_id,
        date_month,
        case when posting_type in ('fx', 'transfer') then posting_type else 'contract' end
            as posting_type,
        sum(arr_change) as arr_change
    from {{ ref('fct_arr_postings') }}
    group by
        customer_id,
        date_month,
        case when posting_type in ('fx', 'transfer') then posting_type else 'contract' end

),

movements as (

    select
        customer_id,
        date_month,
        case when movement_type in ('fx', 'transfer') then movement_type else 'contract' end
            as posting_type,
        sum(arr_change) as arr_change
    from {{ ref('fct_arr_movements') }}
    group by
        customer_id,
        date_month,
        case when movement_type in ('fx', 'transfer') then movement_type else 'contract' end

)

select
    coalesce(postings.customer_id, movements.customer_id) as customer_id,
    coalesce(postings.date_month, movements.date_month) as date_month,
    coalesce(postings.posting_type, movements.posting_type) as posting_type,
    postings.arr_change as sum_of_postings,
    movements.arr_change as movement
from postings
full join movements
    on
        postings.customer_id = movements.customer_id
        and postings.date_month = movements.date_month
        and postings.posting_type = movements.posting_type
where coalesce(postings.arr_change, 0) is distinct from coalesce(movements.arr_change, 0)

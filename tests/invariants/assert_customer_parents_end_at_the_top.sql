-- Every customer ends at one without a parent, or at a member of a circle of parents, whose parent
-- is a member too. A row here whose end has a parent and is on no circle is a chain of more than 32
-- steps: remove one of them in the CRM or billing system.
with parents as (

    select * from {{ ref('int_customer_parents') }}
    where until_month_index is null

),

links as (

    select * from {{ ref('int_parent_links') }}
    where
        until_month_index = {{ open_month_index() }}
        and customer_id <> parent_customer_id

)

select
    parents.customer_id,
    parents.parent_customer_id as reached_customer_id
from parents
left join parents as tops
    on parents.parent_customer_id = tops.customer_id
left join links
    on parents.parent_customer_id = links.customer_id
left join parents as above_tops
    on links.parent_customer_id = above_tops.customer_id
where
    tops.parent_customer_id is distinct from tops.customer_id
    or (links.customer_id is not null and not tops.is_on_circle)
    or (tops.is_on_circle and not coalesce(above_tops.is_on_circle, false))

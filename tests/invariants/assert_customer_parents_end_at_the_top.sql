-- A customer whose parents form a circle, or climb more than 32 steps, has no ultimate parent.
-- Remove the parent of one customer of the circle in the CRM or billing system.
select
    customer_id,
    parent_customer_id as reached_customer_id
from {{ ref('int_customer_parents_resolved') }}
where not is_resolved

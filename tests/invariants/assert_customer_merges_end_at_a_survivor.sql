-- A customer or account merged in a circle, or through more than 32 merges, survives nowhere: whom
-- its ARR belongs to is not known. Undo one of the merges, or shorten the chain, in that system.
select
    record_system,
    record_id as merged_customer_id,
    surviving_record_id as reached_customer_id
from {{ ref('int_customer_merges_resolved') }}
where not is_resolved

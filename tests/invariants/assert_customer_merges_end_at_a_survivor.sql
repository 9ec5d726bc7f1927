-- Every record merged into another ends at one that is not merged away, or at a member of a circle
-- of merges. A record without such an end is on a circle, and so is the one it names. A row here
-- whose survivor is merged away is a chain of more than 32 merges: shorten it in that system.
with resolved_merges as (

    select * from {{ ref('int_surviving_record_spans') }}
    where until_month_index is null

),

named as (

    select
        source_system as record_system,
        source_customer_id as record_id,
        merged_into_source_customer_id as next_record_id
    from {{ ref('int_billing_customers') }}
    where merged_into_source_customer_id <> source_customer_id

    union all

    select
        crm_system as record_system,
        account_id as record_id,
        merged_into_account_id as next_record_id
    from {{ crm_rows('int_crm_accounts') }}
    where merged_into_account_id <> account_id

),

on_circles as (

    select
        named.record_system,
        named.record_id,
        named.next_record_id
    from named
    left join resolved_merges
        on
            named.record_system = resolved_merges.record_system
            and named.record_id = resolved_merges.record_id
    where resolved_merges.record_id is null

)

select
    resolved_merges.record_system,
    resolved_merges.record_id as merged_customer_id,
    resolved_merges.holder_record_id as reached_customer_id
from resolved_merges
left join resolved_merges as still_merged
    on
        resolved_merges.record_system = still_merged.record_system
        and resolved_merges.holder_record_id = still_merged.record_id
where still_merged.record_id is not null

union all

select
    on_circles.record_system,
    on_circles.record_id as merged_customer_id,
    on_circles.next_record_id as reached_customer_id
from on_circles
left join on_circles as next_on_circle
    on
        on_circles.record_system = next_on_circle.record_system
        and on_circles.next_record_id = next_on_circle.record_id
where next_on_circle.record_id is null

-- Every record merged into another ends at one that is not merged away, or at a member of a circle of
-- merges; who has no such end is on a circle, and so is whom it names. A row here whose survivor is
-- merged away is a chain of more than 32 merges: shorten it in that system.
with merges as (

    select * from {{ ref('int_customer_merges_resolved') }}

),

named as (

    select
        source_system as record_system,
        source_customer_id as record_id,
        merged_into_source_customer_id as next_record_id
    from {{ ref('int_customers_unioned') }}
    where merged_into_source_customer_id <> source_customer_id

    union all

    select
        crm_system as record_system,
        account_id as record_id,
        merged_into_account_id as next_record_id
    from {{ ref('int_crm_accounts_unioned') }}
    where merged_into_account_id <> account_id

),

on_circles as (

    select
        named.record_system,
        named.record_id,
        named.next_record_id
    from named
    left join merges
        on
            named.record_system = merges.record_system
            and named.record_id = merges.record_id
    where merges.record_id is null

)

select
    merges.record_system,
    merges.record_id as merged_customer_id,
    merges.surviving_record_id as reached_customer_id
from merges
left join merges as still_merged
    on
        merges.record_system = still_merged.record_system
        and merges.surviving_record_id = still_merged.record_id
where
    still_merged.record_id is not null
    or not merges.is_resolved

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

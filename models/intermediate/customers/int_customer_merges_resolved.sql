-- Grain: one row per customer or CRM account merged into another, with the one that survives.
with customers as (

    select * from {{ ref('int_customers_unioned') }}

),

accounts as (

    select * from {{ ref('int_crm_accounts_unioned') }}

),

-- long because recursion does not run on every engine: the rounds are written out. Each follows
-- twice as many merges as the one before, so five rounds follow chains of 32
after_1_merge as (

    select
        source_system as record_system,
        source_customer_id as record_id,
        merged_into_source_customer_id as surviving_record_id
    from customers
    where merged_into_source_customer_id <> source_customer_id

    union all

    select
        crm_system as record_system,
        account_id as record_id,
        merged_into_account_id as surviving_record_id
    from accounts
    where merged_into_account_id <> account_id

),

after_2_merges as (

    select
        merged.record_system,
        merged.record_id,
        coalesce(next_merge.surviving_record_id, merged.surviving_record_id) as surviving_record_id
    from after_1_merge as merged
    left join after_1_merge as next_merge
        on
            merged.record_system = next_merge.record_system
            and merged.surviving_record_id = next_merge.record_id

),

after_4_merges as (

    select
        merged.record_system,
        merged.record_id,
        coalesce(next_merge.surviving_record_id, merged.surviving_record_id) as surviving_record_id
    from after_2_merges as merged
    left join after_2_merges as next_merge
        on
            merged.record_system = next_merge.record_system
            and merged.surviving_record_id = next_merge.record_id

),

after_8_merges as (

    select
        merged.record_system,
        merged.record_id,
        coalesce(next_merge.surviving_record_id, merged.surviving_record_id) as surviving_record_id
    from after_4_merges as merged
    left join after_4_merges as next_merge
        on
            merged.record_system = next_merge.record_system
            and merged.surviving_record_id = next_merge.record_id

),

after_16_merges as (

    select
        merged.record_system,
        merged.record_id,
        coalesce(next_merge.surviving_record_id, merged.surviving_record_id) as surviving_record_id
    from after_8_merges as merged
    left join after_8_merges as next_merge
        on
            merged.record_system = next_merge.record_system
            and merged.surviving_record_id = next_merge.record_id

),

after_32_merges as (

    select
        merged.record_system,
        merged.record_id,
        coalesce(next_merge.surviving_record_id, merged.surviving_record_id) as surviving_record_id
    from after_16_merges as merged
    left join after_16_merges as next_merge
        on
            merged.record_system = next_merge.record_system
            and merged.surviving_record_id = next_merge.record_id

),

final as (

    select
        followed.record_system,
        followed.record_id,
        followed.surviving_record_id,
        -- a survivor that is itself merged away lies on a circle or beyond the last round
        still_merged.record_id is null as is_resolved
    from after_32_merges as followed
    left join after_1_merge as still_merged
        on
            followed.record_system = still_merged.record_system
            and followed.surviving_record_id = still_merged.record_id

)

select * from final

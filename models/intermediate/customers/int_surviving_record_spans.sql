-- Grain: one row per customer or CRM account that is merged into another, and record that stands
-- for it in a span of months: itself until its merge, then its survivor. No row for one
-- on a circle of merges: its owner is not known, so it stays where it is.
-- long because recursion does not run on every engine
with customers as (

    select * from {{ ref('int_billing_customers') }}

),

accounts as (

    select * from {{ ref('int_crm_accounts') }}

),

-- a merge without a date is as old as the record
merged_1_deep as (

    select
        source_system as record_system,
        source_customer_id as record_id,
        merged_into_source_customer_id as holder_record_id,
        1 as depth,
        coalesce({{ month_index('merged_date') }}, 0) as from_month_index
    from customers
    where merged_into_source_customer_id <> source_customer_id

    union all

    select
        crm_system as record_system,
        account_id as record_id,
        merged_into_account_id as holder_record_id,
        1 as depth,
        coalesce({{ month_index('merged_date') }}, 0) as from_month_index
    from accounts
    where merged_into_account_id <> account_id

),
-- rounds instead of recursion, which does not run on every engine: each reaches twice as deep
{%- for depth in [1, 2, 4, 8, 16] %}

merged_{{ 2 * depth }}_deep as (

    select * from merged_{{ depth }}_deep

    union all

    select
        merged.record_system,
        merged.record_id,
        next_merge.holder_record_id,
        {{ depth }} + next_merge.depth as depth,
        greatest(merged.from_month_index, next_merge.from_month_index) as from_month_index
    from merged_{{ depth }}_deep as merged
    inner join merged_{{ depth }}_deep as next_merge
        on
            merged.record_system = next_merge.record_system
            and merged.holder_record_id = next_merge.record_id
            and merged.depth = {{ depth }}

),
{%- endfor %}

holders as (

    select
        record_system,
        record_id,
        record_id as holder_record_id,
        0 as depth,
        0 as from_month_index
    from merged_1_deep

    union all

    select * from merged_32_deep

),

-- a record reached twice is on a circle; merges are followed no further
reached as (

    select
        *,
        case
            when
                count(*) over (partition by record_system, record_id, holder_record_id) > 1
                then depth
        end as circle_depth
    from holders

),

compared as (

    select
        *,
        min(circle_depth) over (partition by record_system, record_id) as first_circle_depth
    from reached

),

followed as (

    select
        *,
        lead(from_month_index) over (
            partition by record_system, record_id order by depth
        ) as until_month_index
    from compared
    where
        first_circle_depth is null
        or (first_circle_depth > 0 and depth <= first_circle_depth)

),

final as (

    select
        record_system,
        record_id,
        holder_record_id,
        from_month_index,
        until_month_index
    from followed
    -- taken over and passed on in one month
    where until_month_index is null or until_month_index > from_month_index

)

select * from final

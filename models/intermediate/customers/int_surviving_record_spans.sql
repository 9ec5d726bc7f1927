-- Grain: one row per customer or CRM account that is merged into another, and record that stands
-- for it in a span of months: itself until its merge, then its survivor. No row for one
-- on a circle of merges: its owner is not known, so it stays where it is.
-- long because recursion does not run on every engine
with customers as (

    select * from {{ ref('int_billing_customers') }}

),

accounts as (

    select * from {{ crm_rows('int_crm_accounts') }}

),

-- a merge without a date is as old as the record
merged_1_deep as (

    select
        source_system as record_system,
        source_customer_id as record_id,
        merged_into_source_customer_id as holder_1,
        coalesce({{ month_index('merged_date') }}, 0) as from_month_index_1
    from customers
    where merged_into_source_customer_id <> source_customer_id

    union all

    select
        crm_system as record_system,
        account_id as record_id,
        merged_into_account_id as holder_1,
        coalesce({{ month_index('merged_date') }}, 0) as from_month_index_1
    from accounts
    where merged_into_account_id <> account_id

),
-- rounds instead of recursion, which does not run on every engine: each reaches twice as deep. A
-- row is a record and all that hold it, one beside the other: Spark would read rounds of rows
-- three times as often with every round
{%- for depth in [1, 2, 4, 8, 16] %}

merged_{{ 2 * depth }}_deep as (

    select
        near_merges.record_system,
        {%- for nearer in range(1, depth + 1) %}
        near_merges.holder_{{ nearer }},
        near_merges.from_month_index_{{ nearer }},
        {%- endfor %}
        {%- for farther in range(1, depth + 1) %}
        far_merges.holder_{{ farther }} as holder_{{ depth + farther }},
        greatest(
            near_merges.from_month_index_{{ depth }}, far_merges.from_month_index_{{ farther }}
        ) as from_month_index_{{ depth + farther }},
        {%- endfor %}
        near_merges.record_id
    from merged_{{ depth }}_deep as near_merges
    left join merged_{{ depth }}_deep as far_merges
        on
            near_merges.record_system = far_merges.record_system
            and near_merges.holder_{{ depth }} = far_merges.record_id

),
{%- endfor %}

depths as (
    {%- for depth in range(33) %}

    select {{ depth }} as depth
    {% if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}

),

listed as (

    select
        merged.record_system,
        merged.record_id,
        depths.depth,
        case depths.depth
            when 0 then merged.record_id
            {%- for depth in range(1, 33) %}
            when {{ depth }} then merged.holder_{{ depth }}
            {%- endfor %}
        end as holder_record_id,
        case depths.depth
            when 0 then 0
            {%- for depth in range(1, 33) %}
            when {{ depth }} then merged.from_month_index_{{ depth }}
            {%- endfor %}
        end as from_month_index
    from merged_32_deep as merged
    cross join depths

),

holders as (

    select * from listed
    where holder_record_id is not null

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
